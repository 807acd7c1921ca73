#pragma once

#include <vidcv/core/image.hpp>

#include <cstdint>
#include <vector>

namespace vidcv {

/// Gray levels 0 to 255 of a picture made smaller, packed rows.
struct ReducedGray {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> gray = {};

  PlaneView plane() const { return {gray.data(), width, width, height}; }
};

/// The size at which content and sharpness are measured: pixels of the shorter side, at least.
inline constexpr int k_fine_side = 256;

/// Means of squares, until the shorter side has `shortest` pixels or a little more; what is left at the right and below
/// belongs to none. A smaller picture keeps its size.
ReducedGray reduced_gray(const LumaView& luma, int shortest);

/// detail_of() a picture that was reduced to k_fine_side.
double detail_of(const ReducedGray& fine);

}  // namespace vidcv
