#include "quantise.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vidcv {
namespace {

constexpr float k_most = 127;

/// std::round() is a call for each number on processors of 2003, which the build is for.
int nearest(float x)
{
  return static_cast<int>(x + (x < 0 ? -0.5F : 0.5F));
}

}  // namespace

Quantised quantise(std::span<const float> vector, std::span<std::int8_t> codes)
{
  float largest = 0;
  for (const float x : vector) { largest = std::max(largest, std::abs(x)); }
  const float scale = largest / k_most;
  const float per_step = scale > 0 ? 1 / scale : 0;
  std::ranges::fill(codes, std::int8_t{0});
  double squares = 0;
  for (std::size_t i = 0; i < vector.size(); ++i) {
    codes[i] = static_cast<std::int8_t>(nearest(std::clamp(vector[i] * per_step, -k_most, k_most)));
    const double left = double{vector[i]} - double{scale} * codes[i];
    squares += left * left;
  }
  const auto residual = static_cast<float>(std::sqrt(squares));
  return {scale, std::nextafter(residual, std::numeric_limits<float>::max())};
}

}  // namespace vidcv
