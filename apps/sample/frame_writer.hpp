#pragma once

#include "name_template.hpp"

#include <vidcv/media/picture_writer.hpp>
#include <vidcv/pipeline/sample_clip.hpp>

#include <filesystem>
#include <vector>

namespace vidcv {

struct WriteOptions {
  PictureFormat format = PictureFormat::jpeg;
  int jpeg_quality = k_jpeg_quality;
  int longest_side = 0;   ///< larger pictures are made smaller; 0: as they are
  bool replaces = false;  ///< a picture that is there already
  bool writes = true;     ///< or only names what it would write
};

/// Writes the chosen frames of one clip as pictures in a folder, as they come. What was written of a clip that failed
/// goes with the writer.
class FrameWriter {
 public:
  FrameWriter(std::filesystem::path folder, NameTemplate name, std::string clip, const WriteOptions& options);
  ~FrameWriter();
  FrameWriter(const FrameWriter&) = delete;
  FrameWriter& operator=(const FrameWriter&) = delete;

  /// As SampleOptions::on_choice.
  /// @param picture  the frame's
  /// @throws StoreError if the disk does not take it, InputError if the format cannot hold it or two have one name
  void write(std::size_t place, const SampledFrame& frame, const RgbImage& picture);

  /// The pictures, one for each chosen frame. Those of a pass that did not count are removed.
  std::vector<std::filesystem::path> finish();

  /// Pictures that were there and were left as they are.
  int kept() const noexcept { return m_kept; }

 private:
  std::filesystem::path m_folder;
  NameTemplate m_name;
  std::string m_clip;
  WriteOptions m_options;
  std::vector<std::filesystem::path> m_pictures;  // of the chosen frames
  std::vector<std::filesystem::path> m_written;   // by us, in any pass
  int m_kept = 0;
};

}  // namespace vidcv
