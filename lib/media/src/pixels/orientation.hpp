#pragma once

#include "input/av.hpp"

#include <vidcv/core/image.hpp>
#include <vidcv/media/frame.hpp>

namespace vidcv {

/// Rotation, mirroring and pixel shape of a picture: the frame's own display matrix and aspect ratio, else the
/// stream's.
Geometry geometry_of(const AVFrame& frame, AVFormatContext& format, AVStream& stream);

/// Rotation and mirroring of a still picture: by its EXIF orientation, 1 to 8, or none where that is not to be applied.
/// Some decoders (MJPEG) have made a display matrix of it, others (WebP) only say it.
/// @param orientation  in the file's header, where FFmpeg does not hand it on; 0: it says nothing
void set_exif_turn(const AVFrame& frame, long orientation, bool apply, Geometry& geometry);

/// The same by the number of the orientation; those that are not 1 to 8 turn nothing.
void set_turn(long orientation, Geometry& geometry);

/// `picture` turned upright.
RgbImage oriented(RgbImage picture, const Geometry& geometry);

}  // namespace vidcv
