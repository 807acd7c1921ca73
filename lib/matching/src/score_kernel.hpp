#pragma once

#include <cstddef>

namespace vidcv {

/// The matrix product of packed rows, for the processor's widest vectors (Goto and van de Geijn, "Anatomy of
/// High-Performance Matrix Multiplication", 2008). A panel holds `width` vectors side by side: number k of all of them,
/// then number k + 1.

/// How many rows, and how many columns, a panel holds on this processor.
std::size_t row_panel_width();
std::size_t column_panel_width();

/// scores[row][column] = the dot product in float, for all rows and columns of the panels.
/// @param rows, columns  packed, aligned to 64 bytes: panels x dim x panel width numbers
/// @param scores         row_panels * row_panel_width() rows of column_panels * column_panel_width() numbers, aligned
void score_panels(const float* rows, std::size_t row_panels, const float* columns, std::size_t column_panels,
                  std::size_t dim, float* scores);

/// How far a score can be from the dot product of two vectors whose lengths are at most 1 + k_unit_tolerance: rounding
/// errors of `dim` sums, each at most 2^-24 of it.
double score_error(std::size_t dim) noexcept;

}  // namespace vidcv
