#pragma once

#include <vidcv/core/image.hpp>

#include <cstdint>
#include <vector>

namespace vidcv {

/// A frame seen from afar, for comparing frames with each other, and what it is worth.
struct FrameStats {
  /// Gray levels averaged over squares until the shorter side has 32 to 63 pixels (a smaller frame as it is), so that
  /// small movements do not show.
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> gray = {};  ///< 0 to 255, packed rows
  double detail = 0;                    ///< see detail_of()
  bool blank = false;                   ///< less than k_least_detail
  /// 0 to 1: how much of the picture's variation lies between neighbouring pixels. Mean squared difference of
  /// neighbours over that of pixels four apart, from 1/16 (smooth at every scale) to 0.2 and above; measured with 256
  /// to 511 pixels in the shorter side.
  double sharpness = 0;
  /// 0 to 1: the share of pixels that are neither black nor white (gray 8 and below, 247 and above), less where the
  /// standard deviation is below 32.
  double exposure = 0;

  PlaneView plane() const noexcept { return {gray.data(), width, width, height}; }
};

FrameStats measure_frame(const LumaView& luma);

/// Below this sharpness a frame is blurred.
inline constexpr double k_blurred = 0.12;

/// 0 to 10: the geometric mean of sharpness and exposure; 0 for a blank frame.
double quality_of(const FrameStats& stats);

/// Whether no more than `share` of the pixels changed from one look to the other, as in count_changed(). Looks of
/// different sizes are not alike.
bool is_near_duplicate(const FrameStats& one, const FrameStats& other, double share);

}  // namespace vidcv
