#include <vidcv/sampling/detail.hpp>

#include "reduced_gray.hpp"

#include <vidcv/sampling/changed_pixels.hpp>

#include <algorithm>
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

constexpr int k_squares = 16;  // along the shorter side
constexpr int k_least_side = 4;
constexpr double k_detail_deviation = 6;

bool has_detail(const PlaneView& plane, int x, int y, int side)
{
  std::int64_t sum = 0;
  std::int64_t squares = 0;
  for (int i = 0; i < side; ++i) {
    const std::uint8_t* row = plane.row(y + i) + x;
    for (int k = 0; k < side; ++k) {
      sum += row[k];
      squares += row[k] * row[k];
    }
  }
  const auto n = std::int64_t{side} * side;
  return static_cast<double>(n * squares - sum * sum) >=
         k_detail_deviation * k_detail_deviation * static_cast<double>(n * n);
}

}  // namespace

double detail_of(const ReducedGray& fine)
{
  const int shorter = std::min(fine.width, fine.height);
  const int side = std::min(std::max(shorter / k_squares, k_least_side), shorter);
  if (side == 0) { return 0; }
  const PlaneView plane = fine.plane();
  int found = 0;
  int all = 0;
  const int step = std::max(1, side / 2);  // an edge between two squares lies within another one
  for (int y = 0; y + side <= fine.height; y += step) {
    for (int x = 0; x + side <= fine.width; x += step) {
      found += has_detail(plane, x, y, side) ? 1 : 0;
      ++all;
    }
  }
  return static_cast<double>(found) / all;
}

double detail_of(const LumaView& luma)
{
  return detail_of(reduced_gray(luma, k_fine_side));
}

double detail_of(const RgbImage& picture)
{
  const std::vector<std::uint8_t> gray = gray_of(picture);
  return detail_of(LumaView{{gray.data(), picture.width, picture.width, picture.height}, LumaRange::full});
}

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
