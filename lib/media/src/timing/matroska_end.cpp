#include "timing/matroska_end.hpp"

#include <unistd.h>

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <span>

namespace vidcv {
namespace {

// RFC 8794 and RFC 9559
constexpr std::uint64_t k_ebml = 0x1A45DFA3;
constexpr std::uint64_t k_segment = 0x18538067;
constexpr int k_most_elements = 1000;  // of a file joined from others

struct Element {
  std::uint64_t id = 0;
  std::int64_t end = 0;  ///< 0: unknown
};

struct Number {
  std::uint64_t value = 0;
  std::size_t bytes = 0;
  bool is_unknown = false;  ///< all bits are set
};

/// A number of variable length; as many bytes as its first one has leading zeros, and one.
std::optional<Number> number_at(std::span<const std::uint8_t> data, bool keeps_marker)
{
  if (data.empty() || data[0] == 0) { return std::nullopt; }
  Number number;
  number.bytes = static_cast<std::size_t>(std::countl_zero(data[0])) + 1;
  if (data.size() < number.bytes) { return std::nullopt; }
  for (std::size_t i = 0; i < number.bytes; ++i) { number.value = number.value << 8U | data[i]; }
  const std::uint64_t marker = std::uint64_t{1} << 7U * number.bytes;
  if (!keeps_marker) { number.value &= marker - 1; }
  number.is_unknown = !keeps_marker && number.value == marker - 1;
  return number;
}

std::optional<Element> element_at(int descriptor, std::int64_t position)
{
  std::array<std::uint8_t, 12> bytes{};
  const ssize_t got = ::pread(descriptor, bytes.data(), bytes.size(), position);
  if (got <= 0) { return std::nullopt; }
  const std::span<const std::uint8_t> data(bytes.data(), static_cast<std::size_t>(got));
  const auto id = number_at(data, true);
  const auto size = id ? number_at(data.subspan(id->bytes), false) : std::nullopt;
  if (!size) { return std::nullopt; }
  const auto begin = position + static_cast<std::int64_t>(id->bytes + size->bytes);
  return Element{id->value, size->is_unknown ? 0 : begin + static_cast<std::int64_t>(size->value)};
}

}  // namespace

bool is_cut_off_matroska(const MediaFile& file)
{
  const std::int64_t size = ::lseek(file.descriptor(), 0, SEEK_END);
  std::int64_t position = 0;
  for (int i = 0; i < k_most_elements && position < size; ++i) {
    const auto element = element_at(file.descriptor(), position);
    if (!element || (element->id != k_ebml && element->id != k_segment) || element->end == 0) { return false; }
    position = element->end;
  }
  return position > size;
}

}  // namespace vidcv
