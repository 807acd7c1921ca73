#pragma once

#include <vidcv/core/image.hpp>

namespace vidcv {

/// Below this standard deviation of the gray levels a frame has no content: black, blank, a fade.
inline constexpr double k_blank_deviation = 12;

/// Standard deviation of the gray levels, 0 to 127.5.
double gray_deviation(const LumaView& luma);

inline bool is_blank(const LumaView& luma)
{
  return gray_deviation(luma) < k_blank_deviation;
}

/// The same of a picture's gray_of().
inline bool is_blank(const RgbImage& picture)
{
  const std::vector<std::uint8_t> gray = gray_of(picture);
  return is_blank(LumaView{{gray.data(), picture.width, picture.width, picture.height}, LumaRange::full});
}

}  // namespace vidcv
