#pragma once

#include "input/clip_source.hpp"

namespace vidcv {

/// open_source() in a process of its own. One that crashes costs the file, unless it may have been an earlier file's
/// doing, or somebody else killed it: then another one starts again.
std::unique_ptr<ClipSource> open_isolated(const MediaFile& file, const DecodeOptions& options);

/// read_frame_times() in a process of its own.
FrameTimes isolated_frame_times(const MediaFile& file, const DecodeOptions& options, Unproven unproven);

}  // namespace vidcv
