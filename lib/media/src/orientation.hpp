#pragma once

#include "av.hpp"

#include <vidcv/core/image.hpp>
#include <vidcv/media/frame.hpp>

namespace vidcv {

/// Rotation, mirroring and pixel shape of a picture: the frame's own display matrix and aspect ratio, else the
/// stream's.
Geometry geometry_of(const AVFrame& frame, AVFormatContext& format, AVStream& stream);

/// `picture` turned upright.
RgbImage oriented(RgbImage picture, const Geometry& geometry);

}  // namespace vidcv
