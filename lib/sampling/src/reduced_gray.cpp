#include "reduced_gray.hpp"

#include <vidcv/sampling/changed_pixels.hpp>

#include <algorithm>
#include <array>

namespace vidcv {
namespace {

constexpr int k_most_rows = 257;  // whose sum of bytes fits 16 bits

std::array<std::uint8_t, 256> gray_table(LumaRange range)
{
  std::array<std::uint8_t, 256> table{};
  for (int level = 0; level < 256; ++level) {
    table[static_cast<std::size_t>(level)] = static_cast<std::uint8_t>(gray_level(level, range));
  }
  return table;
}

/// The sums of `side` rows from `y` on, column by column.
void add_rows(const PlaneView& plane, int y, int side, std::vector<std::uint16_t>& sums)
{
  std::ranges::fill(sums, std::uint16_t{0});
  for (int i = 0; i < side; ++i) {
    const std::uint8_t* row = plane.row(y + i);
    for (std::size_t x = 0; x < sums.size(); ++x) { sums[x] = static_cast<std::uint16_t>(sums[x] + row[x]); }
  }
}

}  // namespace

ReducedGray reduced_gray(const LumaView& luma, int shortest)
{
  const int side = std::clamp(std::min(luma.plane.width, luma.plane.height) / shortest, 1, k_most_rows);
  const auto table = gray_table(luma.range);
  ReducedGray image{luma.plane.width / side, luma.plane.height / side};
  image.gray.resize(static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height));
  std::vector<std::uint16_t> sums(static_cast<std::size_t>(image.width) * static_cast<std::size_t>(side));
  const auto area = static_cast<std::uint32_t>(side * side);
  auto out = image.gray.begin();
  for (int y = 0; y < image.height; ++y) {
    add_rows(luma.plane, y * side, side, sums);
    for (auto column = sums.cbegin(); column != sums.cend(); column += side) {
      std::uint32_t sum = 0;
      for (int i = 0; i < side; ++i) { sum += column[i]; }
      *out++ = table[(sum + area / 2) / area];
    }
  }
  return image;
}

}  // namespace vidcv
