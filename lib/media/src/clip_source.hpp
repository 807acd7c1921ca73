#pragma once

#include "media_file.hpp"

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
std::unique_ptr<ClipSource> open_video(const MediaFile& file, const DecodeOptions& options);

/// Whether the file begins as a HEIC still does, which FFmpeg may not read.
bool is_heic_still(const MediaFile& file);
/// The primary picture of a HEIC file, through libheif.
std::unique_ptr<ClipSource> open_heic(const MediaFile& file, const DecodeOptions& options);

bool can_decode_heic();

/// The one of the two that reads the file, in this process.
std::unique_ptr<ClipSource> open_source(const MediaFile& file, const DecodeOptions& options);

/// packet_times() in this process.
std::vector<double> read_packet_times(const MediaFile& file, const DecodeOptions& options);

}  // namespace vidcv
