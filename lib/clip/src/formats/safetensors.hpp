#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace vidcv {

/// A tensor as a file holds it: row-major, little-endian.
struct StoredTensor {
  std::string type = {};  ///< F32, F16, BF16, I64 and so on
  std::vector<std::int64_t> shape = {};
  std::span<const std::byte> bytes = {};
};

/// What is wrong with a file, without its name.
class FormatError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The tensors of a safetensors file by name; views of `file`. Its header is not trusted: lengths, types, shapes and
/// offsets must agree with each other and with the file, and tensors must cover it without gap or overlap.
/// Source: the format's description in the safetensors project.
/// @throws FormatError naming the tensor
std::map<std::string, StoredTensor> read_safetensors(std::span<const std::byte> file);

/// `[512, 768]`
std::string shape_text(std::span<const std::int64_t> shape);

/// The numbers of an F32, F16 or BF16 tensor as float32.
/// @throws FormatError for other types
std::vector<float> to_floats(const StoredTensor& tensor);

}  // namespace vidcv
