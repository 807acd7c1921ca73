#pragma once

#include <cstddef>
#include <cstdint>

namespace vidcv {

/// Numbers per row are rounded up to a multiple of this.
inline constexpr std::size_t k_row_step = 64;

/// A vector as whole numbers: v is about scale * code.
struct Quantised {
  float scale = 0;
  float residual = 0;  ///< the length of v - scale * code, or a little more
};

/// Writes the codes of a vector, -127 to 127 in steps of its largest number.
/// @param vector  `width` numbers, those behind the vector's end 0, aligned to 64 bytes
/// @param width   a multiple of k_row_step
Quantised quantise(const float* vector, std::size_t width, std::int8_t* codes);

/// The products of a query with `rows` rows of whole numbers, by the best instruction set that the processor has.
/// @param width   numbers per row, a multiple of k_row_step
/// @param query   `width` numbers, aligned to 64 bytes
/// @param codes   rows behind each other, aligned to 64 bytes
void multiply_rows(const float* query, const std::int8_t* codes, std::size_t rows, std::size_t width, float* products);

}  // namespace vidcv
