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

}  // namespace vidcv::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace vidcv {

HWY_EXPORT(MultiplyRows);

void multiply_rows(const float* query, const std::int8_t* codes, std::size_t rows, std::size_t width, float* products)
{
  HWY_DYNAMIC_DISPATCH(MultiplyRows)(query, codes, rows, width, products);
}

}  // namespace vidcv

#endif
