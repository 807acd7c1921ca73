#pragma once

#include "input/media_file.hpp"

namespace vidcv {

/// Whether a Matroska or WebM file ends before its last segment does. FFmpeg takes that for the end of the stream.
/// Segments of unknown size, as live recorders write them, end where the file does.
bool is_cut_off_matroska(const MediaFile& file);

}  // namespace vidcv
