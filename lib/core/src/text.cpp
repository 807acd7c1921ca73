#include <vidcv/core/text.hpp>

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace vidcv {
namespace {

struct Utf8Lead {
  std::size_t length;
  unsigned char first_low, first_high;  // the range that the second byte may have
};

// Table 3-7 of the Unicode standard: which second byte may follow which first one.
std::optional<Utf8Lead> utf8_lead(unsigned char byte) noexcept
{
  if (byte < 0x80) { return Utf8Lead{1, 0, 0}; }
  if (byte >= 0xC2 && byte <= 0xDF) { return Utf8Lead{2, 0x80, 0xBF}; }
  if (byte == 0xE0) { return Utf8Lead{3, 0xA0, 0xBF}; }
  if (byte == 0xED) { return Utf8Lead{3, 0x80, 0x9F}; }
  if (byte >= 0xE1 && byte <= 0xEF) { return Utf8Lead{3, 0x80, 0xBF}; }
  if (byte == 0xF0) { return Utf8Lead{4, 0x90, 0xBF}; }
  if (byte >= 0xF1 && byte <= 0xF3) { return Utf8Lead{4, 0x80, 0xBF}; }
  if (byte == 0xF4) { return Utf8Lead{4, 0x80, 0x8F}; }
  return std::nullopt;
}

/// The byte that `%XX` at the beginning of `text` stands for.
std::optional<char> escaped_byte(std::string_view text)
{
  if (text.size() < 3 || text.front() != '%') { return std::nullopt; }
  unsigned value = 0;
  const char* end = text.data() + 3;
  const auto [stop, error] = std::from_chars(text.data() + 1, end, value, 16);
  if (error != std::errc{} || stop != end) { return std::nullopt; }
  return static_cast<char>(value);
}

}  // namespace

std::size_t utf8_length(std::string_view bytes) noexcept
{
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const auto lead = utf8_lead(at(0));
  if (!lead || lead->length > bytes.size()) { return 0; }
  for (std::size_t i = 1; i < lead->length; ++i) {
    const unsigned char low = i == 1 ? lead->first_low : 0x80;
    const unsigned char high = i == 1 ? lead->first_high : 0xBF;
    if (at(i) < low || at(i) > high) { return 0; }
  }
  return lead->length;
}

bool is_utf8(std::string_view bytes) noexcept
{
  while (!bytes.empty()) {
    const std::size_t length = utf8_length(bytes);
    if (length == 0) { return false; }
    bytes.remove_prefix(length);
  }
  return true;
}

std::string one_line(std::string_view bytes)
{
  std::string line;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    const auto byte = static_cast<unsigned char>(c);
    const auto next = static_cast<unsigned char>(i + 1 < bytes.size() ? bytes[i + 1] : 0);
    if (byte == 0xC2 && next >= 0x80 && next <= 0x9F) {  // U+0080 to U+009F: controls to a terminal as well
      line += fmt::format("\\u{:04x}", next);
      ++i;
    } else if (c == '\n') {
      line += "\\n";
    } else if (c == '\t') {
      line += "\\t";
    } else if (c == '\r') {
      line += "\\r";
    } else if (c == '\\') {
      line += "\\\\";
    } else if (byte < 0x20 || byte == 0x7F) {
      line += fmt::format("\\x{:02x}", byte);
    } else {
      line += c;
    }
  }
  return line;
}

namespace {

/// @param plain  whether the whole path is UTF-8
std::string percent_escaped(std::string_view bytes, bool plain)
{
  std::string escaped;
  while (!bytes.empty()) {
    const std::size_t length = utf8_length(bytes);
    if (length == 0 || (bytes.front() == '%' && (!plain || escaped_byte(bytes)))) {
      escaped += fmt::format("%{:02X}", static_cast<unsigned char>(bytes.front()));
    } else {
      escaped += bytes.substr(0, length);
    }
    bytes.remove_prefix(length == 0 ? 1 : length);
  }
  return escaped;
}

}  // namespace

std::string percent_escaped(std::string_view bytes)
{
  return percent_escaped(bytes, is_utf8(bytes));
}

std::vector<std::string> percent_escaped_beginnings(std::string_view folder)
{
  std::vector<std::string> beginnings = {percent_escaped(folder)};
  std::string beside_odd_bytes = percent_escaped(folder, false);
  if (beside_odd_bytes != beginnings.front()) { beginnings.push_back(std::move(beside_odd_bytes)); }
  return beginnings;
}

std::string percent_unescaped(std::string_view text)
{
  std::string bytes;
  while (!text.empty()) {
    const auto byte = escaped_byte(text);
    bytes += byte.value_or(text.front());
    text.remove_prefix(byte ? 3 : 1);
  }
  return bytes;
}

std::string base64(std::span<const std::byte> bytes)
{
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // EVP_EncodeBlock ends with a NUL
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

namespace {

char lower_letter(char c) noexcept
{
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::string lower_case(std::string_view text)
{
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), lower_letter);
  return lower;
}

bool same_word(std::string_view a, std::string_view b) noexcept
{
  return std::ranges::equal(a, b, {}, lower_letter, lower_letter);
}

std::vector<std::string> split(std::string_view text, char separator)
{
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) { break; }
    text.remove_prefix(end + 1);
    if (text.empty()) { parts.emplace_back(); }
  }
  return parts;
}

std::optional<double> parse_double(std::string_view text) noexcept
{
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) { return std::nullopt; }
  return value;
}

std::optional<long long> parse_integer(std::string_view text) noexcept
{
  long long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) { return std::nullopt; }
  return value;
}

std::optional<double> parse_time(std::string_view text)
{
  const std::vector<std::string> parts = split(text, ':');
  if (parts.empty() || parts.size() > 3 || text.find('-') != std::string_view::npos) { return std::nullopt; }
  double seconds = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool last = i + 1 == parts.size();
    const auto whole = parse_integer(parts[i]);
    const auto value = last ? parse_double(parts[i]) : std::optional<double>(whole);
    if (!value || *value < 0 || (i > 0 && *value >= 60)) { return std::nullopt; }
    seconds = seconds * 60 + *value;
  }
  return seconds;
}

}  // namespace vidcv
