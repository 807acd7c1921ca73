#pragma once

#include "input/media_file.hpp"

namespace vidcv {

/// Stills that are not left to FFmpeg.
enum class StillKind {
  other,  ///< a video, or a still that FFmpeg reads
  heif,   ///< HEIC or AVIF: FFmpeg does not read the one, and does not turn the other
  tiff,
  arithmetic_jpeg,  ///< a JPEG with arithmetic coding
};

/// By the first bytes of the file, whatever its name.
StillKind still_kind(const MediaFile& file);

}  // namespace vidcv
