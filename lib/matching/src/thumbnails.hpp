#pragma once

#include <vidcv/matching/same_pixels.hpp>

#include <vector>

namespace vidcv {

/// A part of a thumbnail, in its fields; its right end may be left of its left one, which mirrors it.
struct View {
  float left = 0;
  float top = 0;
  float right = Thumbnail::k_width;
  float bottom = Thumbnail::k_height;
};

/// The part as a thumbnail of its own, by bilinear interpolation.
Thumbnail seen(const Thumbnail& whole, const View& view);
std::vector<Thumbnail> seen(std::span<const Thumbnail> all, const View& view);

/// What is left of a clip without rows and columns at its edges that are black in all thumbnails; at most 0.4 of each
/// side goes.
std::vector<Thumbnail> without_bars(std::span<const Thumbnail> all);

/// Makes the mean 0 and the length 1; all zeros where the gray levels hardly differ. So the sum of products of two is
/// their correlation.
void standardize(Thumbnail& thumbnail);

/// The sum of products.
float product(const Thumbnail& one, const Thumbnail& other) noexcept;

}  // namespace vidcv
