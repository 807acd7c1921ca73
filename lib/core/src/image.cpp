#include <vidcv/core/image.hpp>

#include <vidcv/core/error.hpp>

#include <algorithm>
#include <array>

namespace vidcv {

RgbImage cropped(const RgbImage& picture, const Box& box)
{
  const bool inside = box.x1 >= 0 && box.y1 >= 0 && box.x1 <= box.x2 && box.y1 <= box.y2 && box.x2 <= picture.width &&
                      box.y2 <= picture.height;
  if (!inside) { throw InputError("", "crop", "the box lies outside of the picture"); }
  RgbImage part{box.x2 - box.x1, box.y2 - box.y1, {}};
  const auto bytes = 3 * static_cast<std::size_t>(part.width);
  part.pixels.resize(bytes * static_cast<std::size_t>(part.height));
  for (int y = 0; y < part.height; ++y) {
    std::copy_n(picture.row(box.y1 + y) + std::ptrdiff_t{3} * box.x1, bytes, part.row(y));
  }
  return part;
}

RgbImage with_box(const RgbImage& picture, const Box& box)
{
  constexpr int k_widths = 160;
  constexpr std::array<std::uint8_t, 3> k_yellow = {255, 221, 51};
  RgbImage drawn = picture;
  const int line = std::max(1, std::max(picture.width, picture.height) / k_widths);
  for (int y = std::max(0, box.y1); y < std::min(picture.height, box.y2); ++y) {
    const bool is_edge = y < box.y1 + line || y >= box.y2 - line;
    for (int x = std::max(0, box.x1); x < std::min(picture.width, box.x2); ++x) {
      if (is_edge || x < box.x1 + line || x >= box.x2 - line) { std::ranges::copy(k_yellow, drawn.row(y) + 3 * x); }
    }
  }
  return drawn;
}

std::vector<std::uint8_t> gray_of(const RgbImage& picture)
{
  // 0.299, 0.587 and 0.114 in 1/16384, as cv::cvtColor has them.
  constexpr int k_red = 4899;
  constexpr int k_green = 9617;
  constexpr int k_blue = 1868;
  constexpr int k_shift = 14;
  std::vector<std::uint8_t> gray(picture.pixels.size() / 3);
  for (std::size_t i = 0; i < gray.size(); ++i) {
    const std::uint8_t* pixel = picture.pixels.data() + 3 * i;
    const int sum = k_red * pixel[0] + k_green * pixel[1] + k_blue * pixel[2];
    gray[i] = static_cast<std::uint8_t>((sum + (1 << (k_shift - 1))) >> k_shift);
  }
  return gray;
}

}  // namespace vidcv
