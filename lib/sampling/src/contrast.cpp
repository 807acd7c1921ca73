#include <vidcv/sampling/contrast.hpp>

#include <vidcv/sampling/changed_pixels.hpp>

#include <array>
#include <cmath>
#include <cstdint>

namespace vidcv {
namespace {

using Histogram = std::array<std::int64_t, 256>;

Histogram histogram_of(const PlaneView& plane)
{
  // Two tables, so that equal neighbours do not wait for each other's increment.
  Histogram even{};
  Histogram odd{};
  for (int y = 0; y < plane.height; ++y) {
    const std::uint8_t* row = plane.row(y);
    int x = 0;
    for (; x + 1 < plane.width; x += 2) {
      ++even[row[x]];
      ++odd[row[x + 1]];
    }
    if (x < plane.width) { ++even[row[x]]; }
  }
  for (std::size_t level = 0; level < even.size(); ++level) { even[level] += odd[level]; }
  return even;
}

}  // namespace

double gray_deviation(const LumaView& luma)
{
  const Histogram counts = histogram_of(luma.plane);
  double n = 0;
  double sum = 0;
  double squares = 0;
  for (int level = 0; level < 256; ++level) {
    const auto count = static_cast<double>(counts[static_cast<std::size_t>(level)]);
    const double gray = gray_level(level, luma.range);
    n += count;
    sum += count * gray;
    squares += count * gray * gray;
  }
  return n == 0 ? 0 : std::sqrt(std::max(0.0, squares / n - (sum / n) * (sum / n)));
}

}  // namespace vidcv
