#pragma once

#include <cstdint>
#include <span>

namespace vidcv {

/// A vector as whole numbers: v is about scale * code.
struct Quantised {
  float scale = 0;
  float residual = 0;  ///< length of v - scale * code, rounded up
};

/// Writes the codes of `vector`, -127 to 127 in steps of its largest number.
/// @param codes  as many, or more: those behind are set to 0
Quantised quantise(std::span<const float> vector, std::span<std::int8_t> codes);

}  // namespace vidcv
