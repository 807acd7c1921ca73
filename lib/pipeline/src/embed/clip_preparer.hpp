#pragma once

#include <vidcv/clip/model.hpp>
#include <vidcv/core/bounded_queue.hpp>
#include <vidcv/pipeline/embed_job.hpp>
#include <vidcv/pipeline/memory_retry.hpp>

#include <exception>
#include <variant>
#include <vector>

namespace vidcv {

/// The first picture is there: an encoder will be needed, and opening one takes as long as decoding a clip.
struct FirstFrame {};

/// A picture that is ready for the network: float32 [3, size, size].
struct PreparedPicture {
  std::size_t job = 0;
  int pass = 0;  ///< over the file, from 1; pictures of an earlier pass do not count
  std::vector<float> values;
};

/// A clip whose pictures, those of its last pass, are all on their way: each frame, then its regions.
struct PreparedClip {
  std::size_t job = 0;
  EmbeddedClip embedded;
  bool whole_frames = true;                        ///< each frame has a picture of its own, and not its regions alone
  std::vector<std::vector<bool>> has_vector = {};  ///< of each region of each frame; only those have pictures

  std::size_t pictures() const;
  /// Deals the vectors out in the order of the pictures.
  void take(std::vector<Embedding> vectors);
};

/// A job that gives nothing. Pictures of it that were passed on do not count.
struct FailedClip {
  std::size_t job = 0;
  EmbedFailure failure;
};

using Prepared = std::variant<FirstFrame, PreparedPicture, PreparedClip, FailedClip, std::exception_ptr>;

/// Decodes one clip and passes on its pictures as they are chosen, so that no clip is too long.
class ClipPreparer {
 public:
  /// @param model  null: no picture is converted, none is passed on
  ClipPreparer(std::size_t job, const EmbedOptions& options, const ModelDescription* model,
               BoundedQueue<Prepared>& queue);
  ClipPreparer(const ClipPreparer&) = delete;
  ClipPreparer& operator=(const ClipPreparer&) = delete;

  /// Ends early once the queue is closed. Throws nothing: what goes wrong is passed on.
  void run(const std::filesystem::path& path, MemoryRetry& memory_retry);

 private:
  PreparedClip prepared(const std::filesystem::path& path);
  void begin_pass();
  void hand_on(Prepared item);
  void hand_on_frame(const SampledFrame& frame);
  void hand_on_seen_part(const Frame& frame);
  void hand_on_picture(const RgbImage& picture);
  void hand_on_regions(const RgbImage& picture, bool blank);
  void hand_on_parts(const RgbImage& picture, const std::vector<Box>& boxes);
  bool measure_part(const RgbImage& part, RegionRecord& region) const;

  const std::size_t m_job;
  EmbedOptions m_options;
  const ModelDescription* m_model;
  BoundedQueue<Prepared>& m_queue;
  std::optional<FileStamp> m_file_before;
  int m_pass = 0;
  std::vector<std::vector<RegionRecord>> m_regions;  // of this pass
  std::vector<std::vector<bool>> m_has_vector;
};

}  // namespace vidcv
