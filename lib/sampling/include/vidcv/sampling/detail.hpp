#pragma once

#include <vidcv/core/image.hpp>

namespace vidcv {

/// How much of a picture shows something: the share, 0 to 1, of its squares in which the gray levels have a standard
/// deviation of 6 or more. The squares have 1/16 of the shorter side, 4 pixels at least, and overlap by half; the
/// picture is reduced to a shorter side of 256 to 511 pixels before, so that noise does not count. Black, plain
/// grounds, gradients and fades have 0, a dot 0.01, the moon in a night sky 0.03, a line of text 0.05 to 0.2, most
/// scenes more than 0.5.
double detail_of(const LumaView& luma);

/// The same of a picture's gray_of().
double detail_of(const RgbImage& picture);

/// A picture with less detail is blank: its vector says nothing about it. Of a 16:9 frame it is seven squares, which a
/// dot has.
inline constexpr double k_least_detail = 0.004;

/// Standard deviation of the gray levels, 0 to 127.5.
double gray_deviation(const LumaView& luma);

}  // namespace vidcv
