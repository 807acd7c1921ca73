#include "quantise.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vidcv {
namespace {

constexpr float k_most = 127;

}  // namespace

Quantised quantise(std::span<const float> vector, std::span<std::int8_t> codes)
{
  float largest = 0;
  for (const float x : vector) { largest = std::max(largest, std::abs(x)); }
  const float scale = largest / k_most;
  std::ranges::fill(codes, std::int8_t{0});
  double squares = 0;
  for (std::size_t i = 0; i < vector.size(); ++i) {
    if (scale > 0) { codes[i] = static_cast<std::int8_t>(std::clamp(std::round(vector[i] / scale), -k_most, k_most)); }
    const double left = double{vector[i]} - double{scale} * codes[i];
    squares += left * left;
  }
  const auto residual = static_cast<float>(std::sqrt(squares));
  return {scale, std::nextafter(residual, std::numeric_limits<float>::max())};
}

}  // namespace vidcv
