#pragma once

#include "input/media_file.hpp"

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
  virtual ClipFaults faults() const noexcept { return {}; }
  virtual double last_duration_s() const noexcept { return 0; }
};

/// Whatever FFmpeg reads.
std::unique_ptr<ClipSource> open_video(const MediaFile& file, const DecodeOptions& options);

/// The primary picture of a HEIC or AVIF file through libheif, turned as the file says.
std::unique_ptr<ClipSource> open_heif(const MediaFile& file, const DecodeOptions& options);

bool can_decode_heic();
bool can_decode_avif();

/// The first picture of a TIFF file through libtiff, which decodes JPEG in TIFF, tiles and BigTIFF; those of cameras'
/// sensors through FFmpeg.
std::unique_ptr<ClipSource> open_tiff(const MediaFile& file, const DecodeOptions& options);

/// A JPEG with arithmetic coding through libjpeg-turbo, as FFmpeg reads none.
std::unique_ptr<ClipSource> open_arithmetic_jpeg(const MediaFile& file, const DecodeOptions& options);

/// The one of these that reads the file, in this process.
std::unique_ptr<ClipSource> open_source(const MediaFile& file, const DecodeOptions& options);

/// frame_times() in this process.
FrameTimes read_frame_times(const MediaFile& file, const DecodeOptions& options, Unproven unproven);

}  // namespace vidcv
