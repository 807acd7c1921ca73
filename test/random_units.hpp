#pragma once

#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

namespace vidcv::testing {

/// Random directions: vectors of unit length, the same ones for the same seed.
inline std::vector<std::vector<float>> random_units(std::size_t count, std::size_t dim, unsigned seed)
{
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<std::vector<float>> all(count, std::vector<float>(dim));
  for (auto& vector : all) {
    float squares = 0;
    for (float& x : vector) {
      x = normal(random);
      squares += x * x;
    }
    for (float& x : vector) { x /= std::sqrt(squares); }
  }
  return all;
}

}  // namespace vidcv::testing
