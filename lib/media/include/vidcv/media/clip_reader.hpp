#pragma once

#include <vidcv/media/frame.hpp>
#include <vidcv/media/limits.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vidcv {

/// Where files are opened and decoded.
enum class Isolation {
  none,     ///< in this process
  process,  ///< in `vidcv-decoder`, one for each reader: a crash, a hang or a hunger for memory costs one file
};

struct DecodeOptions {
  int threads = 0;              ///< 0: one per processor
  std::optional<int> stream;    ///< index in the file; nothing: the first video stream that is not an attached picture
  bool keyframes_only = false;  ///< decode these alone: Frame::number() counts them then
  PictureRules pictures = {};
  MediaLimits limits = {};
  Isolation isolation = Isolation::none;
  /// Asked at each picture, by several threads: once true, reading throws Abandoned.
  std::function<bool()> abandoned = {};
  bool is_abandoned() const { return abandoned && abandoned(); }
};

/// What the container says, right or wrong.
struct ContainerClaims {
  std::optional<double> fps;
  std::optional<std::int64_t> frames;
  std::optional<double> duration_s;
};

/// What was found wrong with a clip so far.
struct ClipFaults {
  std::int64_t damaged = 0;         ///< packets that gave no picture and pictures that FFmpeg had to patch
  std::int64_t clock_restarts = 0;  ///< places at which the clip's clock starts again or leaps; time goes on there
  bool is_truncated = false;        ///< the file ends before its index or its last packet does
};

class ClipSource;

/// Decodes a clip from its first picture to its last, once, in presentation order. A picture is a clip of one frame.
/// The file is opened by us and FFmpeg sees bytes, never a name: no name is a protocol or a pattern, and only demuxers
/// that open no other file are allowed.
class ClipReader {
 public:
  /// @throws MediaError: not there, not a regular file, of no known kind, without a video stream, beyond the limits;
  ///         Error if there is to be a decoder process and it cannot be started
  ClipReader(const std::filesystem::path& file, const DecodeOptions& options);
  ~ClipReader();
  ClipReader(ClipReader&&) noexcept;

  /// The next picture; nothing at the end of the stream. Damage is counted and passed over.
  /// @throws MediaError if decoding cannot go on, or goes beyond the limits
  std::optional<Frame> next();

  const ContainerClaims& claims() const noexcept { return m_claims; }
  /// Whether the file is a still picture.
  bool is_picture() const noexcept;
  /// The resolution of the clip's timestamps.
  double tick_s() const noexcept;
  ClipFaults faults() const noexcept;
  std::int64_t damaged() const noexcept { return faults().damaged; }
  /// How long the frame that next() gave last stays on the screen by the container; 0 if it does not say.
  double last_duration_s() const noexcept;

 private:
  std::unique_ptr<ClipSource> m_source;
  ContainerClaims m_claims;
};

/// The times of a clip's frames in presentation order, in seconds since the first one.
struct FrameTimes {
  std::vector<double> times_s;
  double end_s = 0;                     ///< when the last frame leaves the screen
  std::vector<std::int64_t> keyframes;  ///< their ordinals, ascending; not where the clip was decoded
  bool only_keyframes = false;          ///< every packet is one: to decode these alone is to decode the clip
  /// Why the packets do not prove all that; empty: they do.
  std::string unproven;
};

/// What to do with a clip whose packets prove nothing.
enum class Unproven {
  leave,   ///< FrameTimes::unproven alone is filled
  decode,  ///< take the times of its frames
};

/// The times of the frames as a full decode gives them, from the packets alone where these prove them. A clip whose
/// packets are damaged inside has as many frames fewer.
/// @throws MediaError as ClipReader does
FrameTimes frame_times(const std::filesystem::path& file, const DecodeOptions& options, Unproven unproven);

/// Of the kinds of video and picture that people usually have, those that this FFmpeg, or libheif, cannot decode.
std::vector<std::string> missing_decoders();

/// The version of FFmpeg at run time.
const char* ffmpeg_version() noexcept;

}  // namespace vidcv
