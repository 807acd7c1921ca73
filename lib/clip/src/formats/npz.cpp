#include "formats/npz.hpp"

#include "formats/model_archive.hpp"
#include "formats/safetensors.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <optional>
#include <string_view>

namespace vidcv {
namespace {

constexpr std::string_view k_magic = "\x93NUMPY";
constexpr std::size_t k_most_bytes = std::size_t{1} << 30U;  // of one array
constexpr std::size_t k_most_dimensions = 8;
constexpr ArchiveKind k_reference = {"verify", "a file of reference vectors", "scripts/make_reference.py makes one"};

/// What stands behind `'key':` in the header, a Python literal, up to one of `ends`.
std::string_view value_of(std::string_view header, std::string_view key, std::string_view ends)
{
  const std::string mark = fmt::format("'{}': ", key);
  const std::size_t start = header.find(mark);
  const std::size_t end = start == std::string_view::npos ? start : header.find_first_of(ends, start + mark.size() + 1);
  if (end == std::string_view::npos) { throw FormatError(fmt::format("no {} in its header", key)); }
  return header.substr(start + mark.size(), end - start - mark.size());
}

/// `(3, 4`, `(3,` or `(`.
std::vector<std::int64_t> shape_of(std::string_view tuple)
{
  std::vector<std::int64_t> shape;
  if (!tuple.starts_with('(')) { throw FormatError("its shape is not a tuple"); }
  for (std::string word : split(tuple.substr(1), ',')) {
    while (word.starts_with(' ')) { word.erase(0, 1); }
    if (word.empty()) { continue; }
    const auto number = parse_integer(word);
    if (!number || *number < 0 || shape.size() == k_most_dimensions) { throw FormatError("its shape cannot be read"); }
    shape.push_back(*number);
  }
  return shape;
}

std::uint64_t bytes_of(const NumpyArray& array)
{
  std::uint64_t bytes = array.type == "<f4" ? 4 : 1;
  for (const std::int64_t n : array.shape) {
    if (__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(n), &bytes)) {
      throw FormatError("its shape is too large");
    }
  }
  return bytes;
}

}  // namespace

NumpyArray parse_npy(std::string_view text)
{
  const bool known = text.starts_with(k_magic) && text.size() >= 10 && (text[6] == 1 || text[6] == 2);
  if (!known) { throw FormatError("no array of numpy"); }
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(text[i])); };
  const bool wide = text[6] == 2;
  const std::size_t begin = wide ? 12 : 10;
  if (text.size() < begin) { throw FormatError("cut off"); }
  const std::size_t length = byte(8) | byte(9) << 8U | (wide ? byte(10) << 16U | byte(11) << 24U : 0);
  if (length > text.size() - begin) { throw FormatError("cut off in its header"); }
  const std::string_view header = text.substr(begin, length);
  NumpyArray array;
  array.type = std::string(value_of(header, "descr", "'").substr(1));
  if (array.type != "<f4" && array.type != "|u1") {
    throw FormatError(fmt::format("numbers of {}, <f4 or |u1 expected", one_line(array.type)));
  }
  if (value_of(header, "fortran_order", ",") != "False") { throw FormatError("column by column, rows expected"); }
  array.shape = shape_of(value_of(header, "shape", ")"));
  if (text.size() - begin - length != bytes_of(array)) { throw FormatError("not as long as its shape says"); }
  array.bytes = std::string(text.substr(begin + length));
  return array;
}

std::map<std::string, NumpyArray> read_npz(const std::filesystem::path& file)
{
  std::map<std::string, NumpyArray> arrays;
  for (const auto& [name, bytes] : read_all_archived(file, k_most_bytes, k_reference)) {
    try {
      const std::string plain = name.ends_with(".npy") ? name.substr(0, name.size() - 4) : name;
      arrays.emplace(plain, parse_npy(bytes));
    } catch (const FormatError& error) {
      throw ModelError(file.native(), "open", fmt::format("{}: {}", one_line(name), error.what()));
    }
  }
  return arrays;
}

}  // namespace vidcv
