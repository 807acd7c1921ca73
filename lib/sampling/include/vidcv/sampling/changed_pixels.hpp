#pragma once

#include <vidcv/core/image.hpp>

#include <cstdint>

namespace vidcv {

/// A pixel has changed when its gray level differs by more than this.
inline constexpr int k_gray_step = 30;

/// Pixels whose gray level differs by more than k_gray_step between two planes of one size and range: an exact count,
/// whatever the processor's vector length.
std::int64_t count_changed(const PlaneView& before, const PlaneView& after, LumaRange range);

/// The same, one pixel at a time: what count_changed() is held to.
std::int64_t count_changed_scalar(const PlaneView& before, const PlaneView& after, LumaRange range);

/// The gray level of a luma value, 0 to 255.
int gray_level(int luma, LumaRange range) noexcept;

}  // namespace vidcv
