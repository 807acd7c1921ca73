#include "scan_kernel.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "scan_kernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace vidcv::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

void MultiplyRows(const float* HWY_RESTRICT query, const std::int8_t* HWY_RESTRICT codes, std::size_t rows,
                  std::size_t width, float* HWY_RESTRICT products)
{
  const hn::ScalableTag<float> d;
  const hn::Rebind<std::int32_t, decltype(d)> d32;
  const hn::Rebind<std::int8_t, decltype(d)> d8;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t row = 0; row < rows; ++row, codes += width) {
    auto even = hn::Zero(d);
    auto odd = hn::Zero(d);
    for (std::size_t i = 0; i < width; i += 2 * lanes) {
      even = hn::MulAdd(hn::Load(d, query + i), hn::ConvertTo(d, hn::PromoteTo(d32, hn::LoadU(d8, codes + i))), even);
      odd = hn::MulAdd(hn::Load(d, query + i + lanes),
                       hn::ConvertTo(d, hn::PromoteTo(d32, hn::LoadU(d8, codes + i + lanes))), odd);
    }
    products[row] = hn::GetLane(hn::SumOfLanes(d, hn::Add(even, odd)));
  }
}

/// @param vector  `width` numbers, those behind the vector 0, aligned to 64 bytes
/// @returns the largest number, without its sign
float LargestOf(const float* HWY_RESTRICT vector, std::size_t width)
{
  const hn::ScalableTag<float> d;
  auto largest = hn::Zero(d);
  for (std::size_t i = 0; i < width; i += hn::Lanes(d)) {
    largest = hn::Max(largest, hn::Abs(hn::Load(d, vector + i)));
  }
  return hn::GetLane(hn::MaxOfLanes(d, largest));
}

/// @returns the squared length of vector - scale * codes
float WriteCodes(const float* HWY_RESTRICT vector, std::size_t width, float scale, std::int8_t* HWY_RESTRICT codes)
{
  const hn::ScalableTag<float> d;
  const hn::Rebind<std::int32_t, decltype(d)> d32;
  const hn::Rebind<std::int16_t, decltype(d)> d16;
  const hn::Rebind<std::int8_t, decltype(d)> d8;
  const auto step = hn::Set(d, scale);
  const auto per_step = hn::Set(d, scale > 0 ? 1 / scale : 0);
  auto squares = hn::Zero(d);
  for (std::size_t i = 0; i < width; i += hn::Lanes(d)) {
    const auto values = hn::Load(d, vector + i);
    const auto nearest =
        hn::Min(hn::Max(hn::NearestInt(hn::Mul(values, per_step)), hn::Set(d32, -127)), hn::Set(d32, 127));
    const auto left = hn::NegMulAdd(step, hn::ConvertTo(d, nearest), values);
    squares = hn::MulAdd(left, left, squares);
    hn::StoreU(hn::DemoteTo(d8, hn::DemoteTo(d16, nearest)), d8, codes + i);
  }
  return hn::GetLane(hn::SumOfLanes(d, squares));
}

}  // namespace vidcv::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

#include <cmath>

namespace vidcv {

HWY_EXPORT(MultiplyRows);
HWY_EXPORT(LargestOf);
HWY_EXPORT(WriteCodes);

Quantised quantise(const float* vector, std::size_t width, std::int8_t* codes)
{
  constexpr float k_most = 127;
  constexpr float k_rounding = 2e-7F;  // of one number, and more
  const float largest = HWY_DYNAMIC_DISPATCH(LargestOf)(vector, width);
  const float scale = largest / k_most;
  const float squares = HWY_DYNAMIC_DISPATCH(WriteCodes)(vector, width, scale, codes);
  const float lost = k_rounding * largest * std::sqrt(static_cast<float>(width));
  return {scale, std::sqrt(squares) * 1.0001F + lost};
}

void multiply_rows(const float* query, const std::int8_t* codes, std::size_t rows, std::size_t width, float* products)
{
  HWY_DYNAMIC_DISPATCH(MultiplyRows)(query, codes, rows, width, products);
}

}  // namespace vidcv

#endif
