#include "score_kernel.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "score_kernel.cpp"
// The sums of a panel are an array of vectors, which those whose size is unknown cannot be in.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace vidcv::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;

// As many sums as the registers hold: 12 x 2 of 32, or 6 x 2 of 16.
#if HWY_TARGET <= HWY_AVX3
constexpr std::size_t k_rows = 12;
#else
constexpr std::size_t k_rows = 6;
#endif
constexpr std::size_t k_vectors = 2;

std::size_t RowPanelWidth()
{
  return k_rows;
}
std::size_t ColumnPanelWidth()
{
  return k_vectors * hn::Lanes(Floats());
}

/// One panel of rows by one of columns.
HWY_INLINE void score_tile(const float* HWY_RESTRICT rows, const float* HWY_RESTRICT columns, std::size_t dim,
                           float* HWY_RESTRICT scores, std::size_t stride)
{
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  hn::Vec<Floats> sums[k_rows][k_vectors];
  for (auto& sum : sums) { sum[0] = sum[1] = hn::Zero(d); }
  for (std::size_t k = 0; k < dim; ++k) {
    const auto left = hn::Load(d, columns);
    const auto right = hn::Load(d, columns + lanes);
    for (std::size_t row = 0; row < k_rows; ++row) {
      const auto value = hn::Set(d, rows[row]);
      sums[row][0] = hn::MulAdd(value, left, sums[row][0]);
      sums[row][1] = hn::MulAdd(value, right, sums[row][1]);
    }
    rows += k_rows;
    columns += k_vectors * lanes;
  }
  for (std::size_t row = 0; row < k_rows; ++row) {
    hn::Store(sums[row][0], d, scores + row * stride);
    hn::Store(sums[row][1], d, scores + row * stride + lanes);
  }
}

void ScorePanels(const float* rows, std::size_t row_panels, const float* columns, std::size_t column_panels,
                 std::size_t dim, float* scores)
{
  const std::size_t width = ColumnPanelWidth();
  const std::size_t stride = column_panels * width;
  for (std::size_t column = 0; column < column_panels; ++column) {
    for (std::size_t row = 0; row < row_panels; ++row) {
      score_tile(rows + row * k_rows * dim, columns + column * width * dim, dim,
                 scores + row * k_rows * stride + column * width, stride);
    }
  }
}

}  // namespace vidcv::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vidcv {
HWY_EXPORT(RowPanelWidth);
HWY_EXPORT(ColumnPanelWidth);
HWY_EXPORT(ScorePanels);

std::size_t row_panel_width()
{
  return HWY_DYNAMIC_DISPATCH(RowPanelWidth)();
}
std::size_t column_panel_width()
{
  return HWY_DYNAMIC_DISPATCH(ColumnPanelWidth)();
}

void score_panels(const float* rows, std::size_t row_panels, const float* columns, std::size_t column_panels,
                  std::size_t dim, float* scores)
{
  HWY_DYNAMIC_DISPATCH(ScorePanels)(rows, row_panels, columns, column_panels, dim, scores);
}

double score_error(std::size_t dim) noexcept
{
  constexpr double k_slack = 1.01;  // lengths beyond 1 and terms of second order
  return k_slack * static_cast<double>(dim + 1) * 0x1p-24;
}

}  // namespace vidcv
#endif
