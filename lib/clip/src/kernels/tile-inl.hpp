// The sums of a few rows and the columns of one panel; included once per instruction set by the kernels.
#if defined(VIDCV_TILE_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef VIDCV_TILE_INL_HPP
#undef VIDCV_TILE_INL_HPP
#else
#define VIDCV_TILE_INL_HPP
#endif

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>

HWY_BEFORE_NAMESPACE();
namespace vidcv::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;

// As many sums as the registers hold: 13 x 2 of 32, or 6 x 2 of 16.
#if HWY_TARGET <= HWY_AVX3
constexpr std::size_t k_tile_rows = 13;
#else
constexpr std::size_t k_tile_rows = 6;
#endif
constexpr std::size_t k_line_floats = 16;
/// Panels come from memory once per pass; without help from the program the processor asks for them too late.
template <class Number>
constexpr std::size_t k_prefetched = 12288 / sizeof(Number);

HWY_INLINE std::size_t tile_columns()
{
  return 2 * hn::Lanes(Floats());
}

/// A share of `count` rows, at most k_tile_rows, of sizes that differ by one at most.
struct RowTile {
  std::size_t first;
  std::size_t rows;
};

HWY_INLINE std::size_t tile_count(std::size_t count)
{
  return (count + k_tile_rows - 1) / k_tile_rows;
}

HWY_INLINE RowTile row_tile(std::size_t count, std::size_t tile)
{
  const std::size_t tiles = tile_count(count);
  const std::size_t longer = count % tiles;  // tiles of one row more
  return {tile * (count / tiles) + std::min(tile, longer), count / tiles + (tile < longer ? 1 : 0)};
}

/// Where the sums go: row r of the left and of the right half of the columns, `stride` floats from row to row.
struct TileSums {
  float* left;
  float* right;
  std::size_t stride;
};

/// All loops over rows are unrolled, or GCC keeps the sums in memory.
/// @param rows   arranged: lines of k_line_floats of row 0, row 1, ..., then the next lines
/// @param start  what the sums of the columns start from
template <std::size_t Rows>
HWY_NOINLINE void sum_tile(const float* HWY_RESTRICT rows, const float* HWY_RESTRICT panel, std::size_t depth,
                           const float* HWY_RESTRICT start, TileSums to)
{
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  hn::Vec<Floats> sums[Rows][2];
#pragma GCC unroll 16
  for (auto& sum : sums) {
    sum[0] = hn::Load(d, start);
    sum[1] = hn::Load(d, start + lanes);
  }
  for (std::size_t line = 0; line < depth; line += k_line_floats) {
#pragma GCC unroll 1
    for (std::size_t i = 0; i < k_line_floats; ++i) {
      const auto left = hn::Load(d, panel);
      const auto right = hn::Load(d, panel + lanes);
      const float* ahead = panel + k_prefetched<float>;
      hwy::Prefetch(ahead);
      hwy::Prefetch(ahead + lanes);
#pragma GCC unroll 16
      for (std::size_t row = 0; row < Rows; ++row) {
        const auto value = hn::Set(d, rows[row * k_line_floats + i]);
        sums[row][0] = hn::MulAdd(value, left, sums[row][0]);
        sums[row][1] = hn::MulAdd(value, right, sums[row][1]);
      }
      panel += 2 * lanes;
    }
    rows += Rows * k_line_floats;
  }
#pragma GCC unroll 16
  for (std::size_t row = 0; row < Rows; ++row) {
    hn::StoreU(sums[row][0], d, to.left + row * to.stride);
    hn::StoreU(sums[row][1], d, to.right + row * to.stride);
  }
}

/// Calls sum.operator()<count>().
template <std::size_t Most, class Sum>
HWY_INLINE void with_rows(std::size_t count, const Sum& sum)
{
  if constexpr (Most > 0) {
    if (count == Most) {
      sum.template operator()<Most>();
    } else {
      with_rows<Most - 1>(count, sum);
    }
  }
}

}  // namespace vidcv::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
