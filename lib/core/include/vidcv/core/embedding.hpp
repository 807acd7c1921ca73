#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace vidcv {

/// The direction of a picture in a model's space: float32, unit length once it has left the encoder.
using Embedding = std::vector<float>;

/// How far from 1 the length of a stored vector may be and still count as unit length.
inline constexpr double k_unit_tolerance = 1e-3;

/// Scales `vector` to unit length. False if that cannot be done: a number is not finite, or all are zero.
bool make_unit(std::span<float> vector) noexcept;

/// Whether all numbers are finite and the length is 1 within k_unit_tolerance.
bool is_unit(std::span<const float> vector) noexcept;

/// The bytes of the little-endian float32 numbers, as numpy's `tobytes()` gives them and sqlite-vec reads them.
std::span<const std::byte> to_blob(std::span<const float> vector) noexcept;

/// The numbers of a blob. One whose size is not a multiple of four gives an empty vector, which fits no model.
Embedding from_blob(std::span<const std::byte> blob);

}  // namespace vidcv
