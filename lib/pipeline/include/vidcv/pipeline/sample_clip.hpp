#pragma once

#include <vidcv/media/clip_reader.hpp>
#include <vidcv/sampling/frame_picker.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace vidcv {

/// A chosen frame with its picture.
struct SampledFrame {
  Pick pick;
  std::optional<Frame> picture;  ///< not once SampleOptions::on_choice had it
  double detail = 0;             ///< 0 to 1, as in detail_of()
  bool blank = false;            ///< less than k_least_detail: black, a fade
  double quality = 0;            ///< 0 to 10, as in quality_of()
};

struct SampleOptions {
  SamplingPlan plan;
  DecodeOptions decode;
  bool all_ratios = false;  ///< measure every pair of frames even where the plan does not need it
  bool strict = false;      ///< damage is an error
  bool explain = false;     ///< fill SampledClip::rejected
  std::size_t most_kept_bytes = std::size_t{600}
                                << 20U;  ///< of pictures that may still be chosen; then those are decoded twice
  std::function<void()> on_first_frame;  ///< called when the clip has given its first picture
  /// Takes each chosen frame as soon as it is decided, with its place in SampledClip::frames; the picture is released
  /// afterwards. Place 0 for a second time: the clip is decoded again, what came before does not count.
  std::function<void(std::size_t place, const SampledFrame&)> on_choice;
  std::function<void()> on_frame = {};  ///< called for each frame that is decoded: how far the clip is
};

/// What the choice and its pictures depend on, in words; equal options give equal texts.
std::string describe(const SampleOptions& options);

/// The first frame alone: how a still picture is read.
SampleOptions first_frame_options(const DecodeOptions& decode);

/// These frames of a clip, by number.
/// @param take  called for each that exists, in presentation order
SampleOptions frames_options(const std::vector<std::int64_t>& numbers, const DecodeOptions& decode,
                             const std::function<void(const Frame&)>& take);

/// What one clip is, by decoding it from end to end, and the frames that were chosen.
struct SampledClip {
  std::filesystem::path file;
  int width = 0;  ///< upright, square pixels
  int height = 0;
  Geometry geometry;        ///< of the first frame
  bool is_picture = false;  ///< a still picture's file, not a video of one frame
  ContainerClaims claims;
  std::int64_t frames_decoded = 0;
  std::int64_t frames_damaged = 0;
  std::int64_t clock_restarts = 0;  ///< places at which the clip's clock starts again or leaps
  bool is_truncated = false;        ///< the file ends before its index or its last packet does
  /// With the policies that look at packets: what kept these from proving the numbers of frames, so that all of the
  /// clip was decoded. Empty: nothing, or another policy.
  std::string full_decode_reason;
  double fps = 0;         ///< measured; 0 for a single frame
  double duration_s = 0;  ///< from the first frame to the end of the last; 0 for a picture
  std::vector<SampledFrame> frames;
  /// Share of changed pixels of each frame but the first; nothing where the size changed. Empty unless all_ratios.
  std::vector<std::optional<double>> motion_ratios;
  std::vector<Rejection> rejected;   ///< with `explain`: candidates that were not kept, in presentation order
  std::vector<std::string> missing;  ///< requested frames that are not there
  /// Passes over the file that decode: 1, one more where damage was met with several threads, and one more where
  /// keyframes did not decode alone.
  int decodes = 0;
};

/// Warnings about a clip that was sampled, one line each: damage, a file that is cut off, a clock that starts
/// again.
std::vector<std::string> warnings_of(const SampledClip& clip);

/// Decodes a clip once and chooses its frames. With damage the result is that of one thread, as FFmpeg's frame threads
/// patch differently on each run.
/// @throws MediaError if the file cannot be opened or gives no picture at all
SampledClip sample_clip(const std::filesystem::path& file, const SampleOptions& options);

}  // namespace vidcv
