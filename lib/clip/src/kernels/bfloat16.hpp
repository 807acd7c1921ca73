#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

namespace vidcv {

/// A bfloat16: the upper half of a float32.
using BFloat16Bits = std::uint16_t;

constexpr float float_of(BFloat16Bits bits) noexcept
{
  return std::bit_cast<float>(std::uint32_t{bits} << 16U);
}

constexpr float float_of(float number) noexcept
{
  return number;
}

/// The nearest, the even one of two; what is not a number stays so.
constexpr BFloat16Bits bfloat16_bits(float number) noexcept
{
  const auto bits = std::bit_cast<std::uint32_t>(number);
  const bool is_nan = (bits & 0x7FFFFFFFU) > 0x7F800000U;
  const std::uint32_t rounded = (bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U;
  return static_cast<BFloat16Bits>(is_nan ? bits >> 16U | 0x40U : rounded);
}

/// @tparam Number  float, as it is, or BFloat16Bits
template <class Number>
constexpr Number rounded(float number) noexcept
{
  if constexpr (std::is_same_v<Number, float>) {
    return number;
  } else {
    return bfloat16_bits(number);
  }
}

}  // namespace vidcv
