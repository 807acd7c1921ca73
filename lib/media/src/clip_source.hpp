#pragma once

#include <vidcv/media/clip_reader.hpp>

namespace vidcv {

/// What a ClipReader reads from; its functions are the reader's.
class ClipSource {
 public:
  virtual ~ClipSource() = default;
  virtual std::optional<Frame> next() = 0;
  virtual ContainerClaims claims() = 0;
  virtual bool is_picture() const noexcept = 0;
  virtual double tick_s() const noexcept { return 0; }
  virtual std::int64_t damaged() const noexcept { return 0; }
  virtual double last_duration_s() const noexcept { return 0; }
};

/// Whatever FFmpeg reads.
std::unique_ptr<ClipSource> open_video(const std::filesystem::path& file, const DecodeOptions& options);

/// Whether the file begins as a HEIC still does, which FFmpeg may not read.
bool is_heic_still(const std::filesystem::path& file);
/// The primary picture of a HEIC file, through libheif.
std::unique_ptr<ClipSource> open_heic(const std::filesystem::path& file, const DecodeOptions& options);

}  // namespace vidcv
