#include <vidcv/core/embedding.hpp>

#include <bit>
#include <cmath>
#include <cstring>

namespace vidcv {
static_assert(std::endian::native == std::endian::little, "vectors are stored as the little-endian bytes in memory");

namespace {

double length_of(std::span<const float> vector) noexcept
{
  double sum = 0;
  for (const float x : vector) { sum += double{x} * double{x}; }
  return std::sqrt(sum);
}

}  // namespace

bool make_unit(std::span<float> vector) noexcept
{
  const double length = length_of(vector);
  if (!std::isfinite(length) || length == 0) { return false; }
  for (float& x : vector) { x = static_cast<float>(x / length); }
  return true;
}

bool is_unit(std::span<const float> vector) noexcept
{
  return std::abs(length_of(vector) - 1) <= k_unit_tolerance;  // false for NaN and infinity too
}

std::span<const std::byte> to_blob(std::span<const float> vector) noexcept
{
  return std::as_bytes(vector);
}

Embedding from_blob(std::span<const std::byte> blob)
{
  if (blob.size() % sizeof(float) != 0) { return {}; }
  Embedding vector(blob.size() / sizeof(float));
  if (!blob.empty()) { std::memcpy(vector.data(), blob.data(), blob.size()); }
  return vector;
}

}  // namespace vidcv
