#pragma once

#include <vidcv/core/image.hpp>

#include <vector>

namespace vidcv {

/// Squares of a frame at two scales, for things that are smaller than it: as large as the shorter side, and half as
/// large. Neighbours overlap by at least half; the first and the last of a row touch the frame's sides. What an encoder
/// sees of the whole frame, the square in its middle, is not among them, nor are squares of less than 32 pixels.
/// A frame of 16:9 has 2 + 21 of them.
std::vector<Box> region_boxes(int width, int height);

}  // namespace vidcv
