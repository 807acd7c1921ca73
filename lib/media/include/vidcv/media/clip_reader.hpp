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
  std::optional<int> stream;    ///< index in the file; nothing: the first video stream that is no attached picture
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
  /// Packets that gave no picture and pictures that FFmpeg had to patch, so far.
  std::int64_t damaged() const noexcept;
  /// How long the frame that next() gave last stays on the screen by the container; 0 if it does not say.
  double last_duration_s() const noexcept;

 private:
  std::unique_ptr<ClipSource> m_source;
  ContainerClaims m_claims;
};

/// The times of a clip's packets in presentation order, from the first keyframe on and in seconds since it: those of
/// its frames, as far as they decode. The file is read and nothing decoded.
/// @throws MediaError as ClipReader does
std::vector<double> packet_times(const std::filesystem::path& file, const DecodeOptions& options);

/// Of the kinds of video and picture that people usually have, those that this FFmpeg, or libheif, cannot decode.
std::vector<std::string> missing_decoders();

/// The version of FFmpeg at run time.
const char* ffmpeg_version() noexcept;

}  // namespace vidcv
