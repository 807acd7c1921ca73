#include "kernels/linear_kernel.hpp"

#include <algorithm>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/linear_kernel.cpp"
// The sums of a tile are an array of vectors, which those whose size is unknown cannot be in.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/activation-inl.hpp"
#include "kernels/tile-inl.hpp"

#undef VIDCV_HAS_BFLOAT16_TILE
#define VIDCV_HAS_BFLOAT16_TILE (HWY_TARGET == HWY_AVX3 && HWY_ARCH_X86_64)

HWY_BEFORE_NAMESPACE();
namespace vidcv::HWY_NAMESPACE {

std::size_t PanelColumns()
{
  return tile_columns();
}

/// @tparam Count  of the numbers if it is known beforehand, else 0
/// @param residual  added to the numbers, unless it is null
template <std::size_t Count, class Number>
HWY_INLINE void round_numbers(const float* HWY_RESTRICT from, const Number* HWY_RESTRICT residual, std::size_t count,
                              Number* HWY_RESTRICT to)
{
  if (residual == nullptr) {
    for (std::size_t i = 0; i < (Count == 0 ? count : Count); ++i) { to[i] = rounded<Number>(from[i]); }
  } else {
    for (std::size_t i = 0; i < (Count == 0 ? count : Count); ++i) {
      to[i] = rounded<Number>(from[i] + float_of(residual[i]));
    }
  }
}

#if VIDCV_HAS_BFLOAT16_TILE
/// As for floats, with the products of two neighbouring inputs at a time.
template <std::size_t Rows>
__attribute__((noinline, target("avx512bf16"))) void sum_tile(const BFloat16Bits* HWY_RESTRICT rows,
                                                              const BFloat16Bits* HWY_RESTRICT panel, std::size_t depth,
                                                              const float* HWY_RESTRICT start, TileSums to)
{
  constexpr std::size_t k_lanes = 16;
  __m512 sums[Rows][2];
#pragma GCC unroll 16
  for (auto& sum : sums) {
    sum[0] = _mm512_load_ps(start);
    sum[1] = _mm512_load_ps(start + k_lanes);
  }
  for (std::size_t line = 0; line < depth; line += k_line<BFloat16Bits>) {
#pragma GCC unroll 1
    for (std::size_t i = 0; i < k_line<BFloat16Bits>; i += 2) {
      const auto left = (__m512bh)_mm512_load_si512(panel);
      const auto right = (__m512bh)_mm512_load_si512(panel + 2 * k_lanes);
      const BFloat16Bits* ahead = panel + k_prefetched<BFloat16Bits>;
      hwy::Prefetch(ahead);
      hwy::Prefetch(ahead + 2 * k_lanes);
#pragma GCC unroll 16
      for (std::size_t row = 0; row < Rows; ++row) {
        int pair = 0;
        std::memcpy(&pair, rows + row * k_line<BFloat16Bits> + i, sizeof(pair));
        const auto value = (__m512bh)_mm512_set1_epi32(pair);
        sums[row][0] = _mm512_dpbf16_ps(sums[row][0], value, left);
        sums[row][1] = _mm512_dpbf16_ps(sums[row][1], value, right);
      }
      panel += 4 * k_lanes;
    }
    rows += Rows * k_line<BFloat16Bits>;
  }
#pragma GCC unroll 16
  for (std::size_t row = 0; row < Rows; ++row) {
    _mm512_storeu_ps(to.left + row * to.stride, sums[row][0]);
    _mm512_storeu_ps(to.right + row * to.stride, sums[row][1]);
  }
}
#endif

template <class Number>
HWY_INLINE void multiply_panels(const LinearLayer<Number>& layer, const Number* arranged, std::size_t count,
                                std::size_t first, std::size_t last, Number* result)
{
  const std::size_t depth = padded_inputs<Number>(layer.inputs);
  const std::size_t columns = tile_columns();
  HWY_ALIGN float sums[k_tile_rows * 2 * hn::MaxLanes(Floats())];
  for (std::size_t panel = first; panel < last; ++panel) {
    const std::size_t column = panel * columns;
    const std::size_t width = std::min(columns, layer.outputs - column);
    for (std::size_t i = 0; i < tile_count(count); ++i) {
      const RowTile tile = row_tile(count, i);
      with_rows<k_tile_rows>(tile.rows, [&]<std::size_t Rows> {
        sum_tile<Rows>(arranged + tile.first * depth, layer.panels + column * depth, depth, layer.bias + column,
                       {sums, sums + columns / 2, columns});
      });
      activate(layer.activation, sums, tile.rows * columns);
      for (std::size_t row = 0; row < tile.rows; ++row) {
        const std::size_t place = (tile.first + row) * layer.outputs + column;
        const Number* residual = layer.residual == nullptr ? nullptr : layer.residual + place;
        constexpr std::size_t k_whole = 2 * hn::MaxLanes(Floats());
        width == k_whole ? round_numbers<k_whole>(sums + row * columns, residual, width, result + place)
                         : round_numbers<0>(sums + row * columns, residual, width, result + place);
      }
    }
  }
}

void MultiplyFloats(const LinearLayer<float>& layer, const float* arranged, std::size_t count, std::size_t first,
                    std::size_t last, float* result)
{
  multiply_panels(layer, arranged, count, first, last, result);
}

#if VIDCV_HAS_BFLOAT16_TILE
void MultiplyBrainFloats(const LinearLayer<BFloat16Bits>& layer, const BFloat16Bits* arranged, std::size_t count,
                         std::size_t first, std::size_t last, BFloat16Bits* result)
{
  multiply_panels(layer, arranged, count, first, last, result);
}

bool HasBrainFloatTile()
{
  return __builtin_cpu_supports("avx512bf16") != 0;
}
#else
void MultiplyBrainFloats(const LinearLayer<BFloat16Bits>&, const BFloat16Bits*, std::size_t, std::size_t, std::size_t,
                         BFloat16Bits*)
{
}

bool HasBrainFloatTile()
{
  return false;
}
#endif

/// Copies lines of 64 bytes.
template <class Number>
HWY_INLINE void arrange(const Number* rows, std::size_t count, std::size_t inputs, Number* arranged)
{
  const std::size_t depth = padded_inputs<Number>(inputs);
  for (std::size_t i = 0; i < tile_count(count); ++i) {
    const RowTile tile = row_tile(count, i);
    for (std::size_t row = 0; row < tile.rows; ++row) {
      const Number* from = rows + (tile.first + row) * inputs;
      Number* to = arranged + tile.first * depth + row * k_line<Number>;
      for (std::size_t line = 0; line < inputs / k_line<Number>; ++line) {
        std::memcpy(to, from, sizeof(Number) * k_line<Number>);
        from += k_line<Number>;
        to += tile.rows * k_line<Number>;
      }
      const std::size_t rest = inputs % k_line<Number>;
      if (rest != 0) { std::fill(std::copy_n(from, rest, to), to + k_line<Number>, Number{0}); }
    }
  }
}

void ArrangeFloats(const float* rows, std::size_t count, std::size_t inputs, float* arranged)
{
  arrange(rows, count, inputs, arranged);
}

void ArrangeBrainFloats(const BFloat16Bits* rows, std::size_t count, std::size_t inputs, BFloat16Bits* arranged)
{
  arrange(rows, count, inputs, arranged);
}

}  // namespace vidcv::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vidcv {
namespace {

HWY_EXPORT(PanelColumns);
HWY_EXPORT(MultiplyFloats);
HWY_EXPORT(MultiplyBrainFloats);
HWY_EXPORT(HasBrainFloatTile);
HWY_EXPORT(ArrangeFloats);
HWY_EXPORT(ArrangeBrainFloats);

/// Line by line of 64 bytes, so that the part of the panel that is written stays in the nearest cache.
/// @tparam Together  how many inputs of one column lie together
template <std::size_t Together, class Number>
void pack(const Number* weight, std::size_t outputs, std::size_t inputs, std::size_t panel, Number* to)
{
  const std::size_t columns = panel_columns();
  const std::size_t first = panel * columns;
  const std::size_t width = std::min(columns, outputs - first);
  for (std::size_t line = 0; line < inputs; line += k_line<Number>) {
    const std::size_t end = std::min(inputs, line + k_line<Number>);
    if (width < columns || end - line < k_line<Number>) { std::fill_n(to, columns * k_line<Number>, Number{0}); }
    for (std::size_t column = 0; column < width; ++column) {
      const Number* from = weight + (first + column) * inputs;
      for (std::size_t input = line; input < end; ++input) {
        to[(input - line) / Together * columns * Together + column * Together + input % Together] = from[input];
      }
    }
    to += columns * k_line<Number>;
  }
}

}  // namespace

std::size_t panel_columns()
{
  return HWY_DYNAMIC_DISPATCH(PanelColumns)();
}

std::size_t panel_count(std::size_t outputs)
{
  return (outputs + panel_columns() - 1) / panel_columns();
}

void pack_panel(const float* weight, std::size_t outputs, std::size_t inputs, std::size_t panel, float* to)
{
  pack<1>(weight, outputs, inputs, panel, to);
}

void pack_panel(const BFloat16Bits* weight, std::size_t outputs, std::size_t inputs, std::size_t panel,
                BFloat16Bits* to)
{
  pack<2>(weight, outputs, inputs, panel, to);
}

void arrange_rows(const float* rows, std::size_t count, std::size_t inputs, float* arranged)
{
  HWY_DYNAMIC_DISPATCH(ArrangeFloats)(rows, count, inputs, arranged);
}

void arrange_rows(const BFloat16Bits* rows, std::size_t count, std::size_t inputs, BFloat16Bits* arranged)
{
  HWY_DYNAMIC_DISPATCH(ArrangeBrainFloats)(rows, count, inputs, arranged);
}

void multiply(const LinearLayer<float>& layer, const float* arranged, std::size_t count, std::size_t first,
              std::size_t last, float* result)
{
  HWY_DYNAMIC_DISPATCH(MultiplyFloats)(layer, arranged, count, first, last, result);
}

void multiply(const LinearLayer<BFloat16Bits>& layer, const BFloat16Bits* arranged, std::size_t count,
              std::size_t first, std::size_t last, BFloat16Bits* result)
{
  HWY_DYNAMIC_DISPATCH(MultiplyBrainFloats)(layer, arranged, count, first, last, result);
}

bool has_bfloat16_kernel()
{
  return HWY_DYNAMIC_DISPATCH(HasBrainFloatTile)();
}

}  // namespace vidcv
#endif
