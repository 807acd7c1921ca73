#include "formats/safetensors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <set>

namespace vidcv {
namespace {

using nlohmann::json;

constexpr std::size_t k_length_bytes = 8;
constexpr std::uint64_t k_most_header_bytes = 16U << 20U;  // a real one has under 1 MiB
constexpr std::size_t k_most_dimensions = 16;
constexpr std::size_t k_shown = 100;  // bytes of a name in a message

const std::map<std::string_view, std::uint64_t> k_type_bytes = {
    {"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"I64", 8},  {"I32", 4},     {"I16", 2},    {"I8", 1},
    {"U64", 8}, {"U32", 4}, {"U16", 2}, {"U8", 1},   {"BOOL", 1}, {"F8_E4M3", 1}, {"F8_E5M2", 1}};

[[noreturn]] void refuse(std::string_view tensor, std::string_view cause)
{
  throw FormatError(fmt::format("tensor {}: {}", tensor.substr(0, k_shown), cause));
}

std::uint64_t header_length(std::span<const std::byte> file)
{
  if (file.size() < k_length_bytes) { throw FormatError("no safetensors file (shorter than 8 bytes)"); }
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < k_length_bytes; ++i) { length |= std::to_integer<std::uint64_t>(file[i]) << (8 * i); }
  if (length > k_most_header_bytes) { throw FormatError("no safetensors file (its header would have over 16 MiB)"); }
  if (length > file.size() - k_length_bytes) { throw FormatError("no safetensors file, or cut off in its header"); }
  return length;
}

/// The header's object. Names that come twice are refused: readers disagree which one counts.
json parse_header(std::string_view text)
{
  std::set<std::string> names;
  std::string twice;
  const auto watch = [&](int depth, json::parse_event_t event, json& value) {
    if (event == json::parse_event_t::key && depth == 1 && !names.insert(value.get<std::string>()).second) {
      twice = value.get<std::string>();
    }
    return true;
  };
  json header = text.starts_with('{') ? json::parse(text, watch, false) : json();
  if (!header.is_object()) { throw FormatError("no safetensors file (its header is not a JSON object)"); }
  if (!twice.empty()) { refuse(twice, "named twice"); }
  return header;
}

/// A whole number that is not negative, of a header.
std::uint64_t whole(const json& value, std::string_view tensor, const char* what)
{
  if (!value.is_number_unsigned() ||
      value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    refuse(tensor, fmt::format("{}: whole numbers expected", what));
  }
  return value.get<std::uint64_t>();
}

/// @returns bytes that a tensor of this type and shape has
std::uint64_t take_shape(const json& list, std::uint64_t type_bytes, std::string_view tensor,
                         std::vector<std::int64_t>& shape)
{
  if (!list.is_array() || list.size() > k_most_dimensions) { refuse(tensor, "shape: up to 16 whole numbers expected"); }
  std::uint64_t bytes = type_bytes;
  for (const json& item : list) {
    const std::uint64_t n = whole(item, tensor, "shape");
    if (__builtin_mul_overflow(bytes, n, &bytes)) { refuse(tensor, "shape: too large"); }
    shape.push_back(static_cast<std::int64_t>(n));
  }
  return bytes;
}

StoredTensor take_tensor(const std::string& name, const json& entry, std::span<const std::byte> data)
{
  const bool complete = entry.is_object() && entry.contains("dtype") && entry.contains("shape") &&
                        entry.contains("data_offsets") && entry["dtype"].is_string();
  if (!complete) { refuse(name, "dtype, shape and data_offsets expected"); }
  StoredTensor tensor{entry["dtype"].get<std::string>()};
  const auto type = k_type_bytes.find(tensor.type);
  if (type == k_type_bytes.end()) {
    refuse(name, fmt::format("dtype {} is not known", tensor.type.substr(0, k_shown)));
  }
  const std::uint64_t bytes = take_shape(entry["shape"], type->second, name, tensor.shape);
  const json& offsets = entry["data_offsets"];
  if (!offsets.is_array() || offsets.size() != 2) { refuse(name, "data_offsets: two numbers expected"); }
  const std::uint64_t begin = whole(offsets[0], name, "data_offsets");
  const std::uint64_t end = whole(offsets[1], name, "data_offsets");
  if (begin > end || end > data.size()) {
    refuse(name,
           fmt::format("data_offsets [{}, {}]: the file has {} bytes of data (cut off?)", begin, end, data.size()));
  }
  if (end - begin != bytes) {
    refuse(name, fmt::format("{} bytes, {} of {} have {}", end - begin, shape_text(tensor.shape), tensor.type, bytes));
  }
  tensor.bytes = data.subspan(begin, bytes);
  return tensor;
}

/// Every byte belongs to one tensor.
void require_cover(const std::map<std::string, StoredTensor>& tensors, std::span<const std::byte> data)
{
  std::vector<std::pair<std::span<const std::byte>, std::string_view>> pieces;
  for (const auto& [name, tensor] : tensors) { pieces.emplace_back(tensor.bytes, name); }
  std::ranges::sort(pieces, {}, [](const auto& piece) { return std::pair(piece.first.data(), piece.first.size()); });
  const std::byte* covered = data.data();
  for (const auto& [bytes, name] : pieces) {
    if (bytes.data() < covered) { refuse(name, "data_offsets: overlaps another tensor"); }
    if (bytes.data() > covered) { refuse(name, "data_offsets: a gap before it"); }
    covered += bytes.size();
  }
  if (covered != data.data() + data.size()) { throw FormatError("bytes behind the last tensor"); }
}

float from_half(std::uint16_t half)
{
  const std::uint32_t sign = std::uint32_t{half & 0x8000U} << 16U;
  const std::uint32_t exponent = (half >> 10U) & 0x1FU;
  const std::uint32_t fraction = half & 0x3FFU;
  if (exponent == 0) {  // zero and subnormal numbers: fraction * 2^-24
    const float magnitude = static_cast<float>(fraction) * 0x1p-24F;
    return sign != 0 ? -magnitude : magnitude;
  }
  const std::uint32_t wide = exponent == 0x1F ? 0xFF : exponent + (127 - 15);
  return std::bit_cast<float>(sign | (wide << 23U) | (fraction << 13U));
}

float from_brain(std::uint16_t brain)
{
  return std::bit_cast<float>(std::uint32_t{brain} << 16U);
}

std::vector<float> widened(std::span<const std::byte> bytes, float (*wide)(std::uint16_t))
{
  std::vector<float> numbers(bytes.size() / 2);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    std::uint16_t bits = 0;
    std::memcpy(&bits, &bytes[2 * i], 2);
    numbers[i] = wide(bits);
  }
  return numbers;
}

}  // namespace

std::map<std::string, StoredTensor> read_safetensors(std::span<const std::byte> file)
{
  const std::uint64_t length = header_length(file);
  const auto* text = reinterpret_cast<const char*>(file.data() + k_length_bytes);
  const json header = parse_header({text, length});
  const std::span<const std::byte> data = file.subspan(k_length_bytes + length);
  std::map<std::string, StoredTensor> tensors;
  for (const auto& [name, entry] : header.items()) {
    if (name != "__metadata__") { tensors.emplace(name, take_tensor(name, entry, data)); }
  }
  if (tensors.empty()) { throw FormatError("no tensor in it"); }
  require_cover(tensors, data);
  return tensors;
}

std::string shape_text(std::span<const std::int64_t> shape)
{
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

std::vector<float> to_floats(const StoredTensor& tensor)
{
  if (tensor.type == "F16") { return widened(tensor.bytes, from_half); }
  if (tensor.type == "BF16") { return widened(tensor.bytes, from_brain); }
  if (tensor.type != "F32") { throw FormatError(fmt::format("{} numbers, F32, F16 or BF16 expected", tensor.type)); }
  std::vector<float> numbers(tensor.bytes.size() / sizeof(float));
  std::memcpy(numbers.data(), tensor.bytes.data(), tensor.bytes.size());
  return numbers;
}

}  // namespace vidcv
