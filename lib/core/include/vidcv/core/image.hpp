#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vidcv {

/// One 8-bit plane that somebody else owns: `height` rows of `width` bytes, `stride` bytes apart.
struct PlaneView {
  const std::uint8_t* data = nullptr;
  std::ptrdiff_t stride = 0;
  int width = 0;
  int height = 0;

  const std::uint8_t* row(int y) const noexcept { return data + y * stride; }
};

/// What the bytes of a luma plane mean: 16 to 235 for black to white, or 0 to 255.
enum class LumaRange { limited, full };

/// A luma plane and its range. Gray levels are on the 0-255 scale: limited range is expanded as
/// clamp(round((Y - 16) * 255 / 219)), full range is used as it is.
struct LumaView {
  PlaneView plane;
  LumaRange range = LumaRange::full;
};

/// An upright, square-pixelled picture: 8-bit sRGB, height x width x 3, packed rows.
struct RgbImage {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> pixels;

  const std::uint8_t* row(int y) const noexcept
  {
    return pixels.data() + static_cast<std::size_t>(y) * 3 * static_cast<std::size_t>(width);
  }
  std::uint8_t* row(int y) noexcept
  {
    return pixels.data() + static_cast<std::size_t>(y) * 3 * static_cast<std::size_t>(width);
  }
};

/// A rectangle in pixels of an upright picture, half open.
struct Box {
  int x1 = 0;
  int y1 = 0;
  int x2 = 0;
  int y2 = 0;
  bool operator==(const Box&) const = default;
};

/// The part of a picture inside `box`.
/// @throws InputError if the box does not lie in it
RgbImage cropped(const RgbImage& picture, const Box& box);

/// A picture with the outline of a box, yellow and as wide as a 160th of its longer side. A box may reach beyond it.
RgbImage with_box(const RgbImage& picture, const Box& box);

/// Gray levels by OpenCV's integer formula, 0 to 255, packed rows.
std::vector<std::uint8_t> gray_of(const RgbImage& picture);

}  // namespace vidcv
