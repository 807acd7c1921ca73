#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vidcv {

/// A number of 1 to 4 bytes; 0 where it reaches beyond the end.
inline std::uint32_t number_at(std::string_view bytes, std::size_t place, std::size_t size, bool big_endian = true)
{
  if (place > bytes.size() || size > bytes.size() - place) { return 0; }
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t at = place + (big_endian ? i : size - 1 - i);
    number = number << 8U | static_cast<unsigned char>(bytes[at]);
  }
  return number;
}

}  // namespace vidcv
