#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace vidcv {

/// An array of numpy: row-major, little-endian.
struct NumpyArray {
  std::string type;  ///< `<f4`, `|u1`
  std::vector<std::int64_t> shape;
  std::string bytes;
};

/// The arrays of a .npz file by name, as `numpy.savez` writes it.
/// @throws ModelError naming the file, the array and what is wrong
std::map<std::string, NumpyArray> read_npz(const std::filesystem::path& file);

/// One array of numpy's .npy format.
/// @throws FormatError
NumpyArray parse_npy(std::string_view text);

}  // namespace vidcv
