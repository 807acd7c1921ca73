#pragma once

#include "kernels/bfloat16.hpp"

#include <cstddef>
#include <cstdint>

namespace vidcv {

enum class Activation : std::uint8_t { none, relu, silu, gelu };

/// How many numbers of a row lie together: 64 bytes.
template <class Number>
constexpr std::size_t k_line = 64 / sizeof(Number);

/// A linear layer y = activation(x Wᵀ + b) + r. Each sum starts at the bias and adds the products in the order of the
/// inputs, so a row's result has the same bits alone, among any others, and whatever thread computes it.
/// Number is float or BFloat16Bits; sums are float32, and the results are rounded to Number.
template <class Number>
struct LinearLayer {
  const Number* panels = nullptr;  ///< in their order, of pack_panel(), 64-byte aligned
  const float* bias = nullptr;     ///< of all columns of the panels, 64-byte aligned
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  Activation activation = Activation::none;
  const Number* residual = nullptr;  ///< r, [count, outputs]; none: zero
};

/// Columns of W, that is outputs, in one panel of this processor's kernel.
std::size_t panel_columns();
std::size_t panel_count(std::size_t outputs);
/// The inputs with the zeros that fill their last line.
template <class Number>
constexpr std::size_t padded_inputs(std::size_t inputs)
{
  return (inputs + k_line<Number> - 1) / k_line<Number> * k_line<Number>;
}

/// @param weight  [outputs, inputs]
/// @param to      [padded_inputs(inputs), panel_columns()], zeros beyond the weight; pairs of inputs lie together in
///                bfloat16
void pack_panel(const float* weight, std::size_t outputs, std::size_t inputs, std::size_t panel, float* to);
void pack_panel(const BFloat16Bits* weight, std::size_t outputs, std::size_t inputs, std::size_t panel,
                BFloat16Bits* to);

/// Rows as the kernel reads them: line by line for the few rows that it takes at once.
/// @param rows      [count, inputs]
/// @param arranged  count * padded_inputs(inputs) numbers
void arrange_rows(const float* rows, std::size_t count, std::size_t inputs, float* arranged);
void arrange_rows(const BFloat16Bits* rows, std::size_t count, std::size_t inputs, BFloat16Bits* arranged);

/// The columns of panels [first, last) of [count, layer.outputs].
void multiply(const LinearLayer<float>& layer, const float* arranged, std::size_t count, std::size_t first,
              std::size_t last, float* result);
/// @pre has_bfloat16_kernel()
void multiply(const LinearLayer<BFloat16Bits>& layer, const BFloat16Bits* arranged, std::size_t count,
              std::size_t first, std::size_t last, BFloat16Bits* result);

/// Whether the processor multiplies bfloat16 in its vector registers (AVX512-BF16).
bool has_bfloat16_kernel();

}  // namespace vidcv
