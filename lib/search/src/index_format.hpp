#pragma once

#include "scan_kernel.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace vidcv::index_format {

/// The file is blocks, a hash of each, the clips, and a footer that says how many there are. All numbers are those of
/// the machine, which the footer's tag tells.
inline constexpr std::size_t k_rows = 1024;  // of a block
inline constexpr std::uint64_t k_magic = 0x3178646976636469;
inline constexpr std::uint32_t k_version = 1;
inline constexpr std::size_t k_most_dim = 1 << 16;

constexpr std::size_t width_of(std::size_t dim)
{
  return (dim + k_row_step - 1) / k_row_step * k_row_step;
}

/// Where the parts of a block lie, in bytes from its beginning.
struct Layout {
  explicit constexpr Layout(std::size_t width)
      : frames(k_rows * width),
        regions(frames + k_rows * sizeof(std::int64_t)),
        times(regions + k_rows * sizeof(std::int64_t)),
        clips(times + k_rows * sizeof(double)),
        scales(clips + k_rows * sizeof(std::uint32_t)),
        residuals(scales + k_rows * sizeof(float)),
        size(residuals + k_rows * sizeof(float))
  {
  }
  std::size_t frames;  // the codes lie before
  std::size_t regions;
  std::size_t times;
  std::size_t clips;  // positions in the list of clips
  std::size_t scales;
  std::size_t residuals;
  std::size_t size;
};

struct Footer {
  std::uint64_t magic = k_magic;
  std::uint32_t version = k_version;
  std::uint32_t dim = 0;
  std::uint64_t rows = 0;
  std::uint64_t clips = 0;
  std::int64_t generation = 0;
  std::array<char, 128> model{};
  std::uint64_t lists_hash = 0;  // of the hashes and the clips
  std::uint64_t hash = 0;        // of the footer before it
};
static_assert(std::is_trivially_copyable_v<Footer>);

}  // namespace vidcv::index_format
