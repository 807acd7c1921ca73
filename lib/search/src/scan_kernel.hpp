#pragma once

#include <cstddef>
#include <cstdint>

namespace vidcv {

/// Numbers per row are rounded up to a multiple of this.
inline constexpr std::size_t k_row_step = 64;

/// The products of a query with `rows` rows of whole numbers, by the best instruction set that the processor has.
/// @param width   numbers per row, a multiple of k_row_step
/// @param query   `width` numbers, aligned to 64 bytes
/// @param codes   rows behind each other, aligned to 64 bytes
void multiply_rows(const float* query, const std::int8_t* codes, std::size_t rows, std::size_t width, float* products);

}  // namespace vidcv
