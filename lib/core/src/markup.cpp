#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace vidcv {
namespace {

constexpr std::string_view k_unreserved = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
constexpr std::string_view k_replacement = "\xEF\xBF\xBD";  // U+FFFD

std::string_view entity_of(char character)
{
  switch (character) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

}  // namespace

std::string valid_utf8(std::string_view bytes)
{
  std::string valid;
  valid.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size();) {
    const std::size_t length = utf8_length(bytes.substr(i));
    const std::string_view character = bytes.substr(i, length);
    const bool is_character = length > 0 && character != "\xEF\xBF\xBE" && character != "\xEF\xBF\xBF";
    valid += is_character ? character : k_replacement;
    i += std::max<std::size_t>(length, 1);
  }
  return valid;
}

std::string markup_text(std::string_view bytes)
{
  std::string text;
  for (const char character : valid_utf8(one_line(bytes))) {
    const std::string_view entity = entity_of(character);
    entity.empty() ? text += character : text += entity;
  }
  return text;
}

std::string csv_field(std::string_view text)
{
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) { return std::string(text); }
  std::string quoted = "\"";
  for (const char character : text) {
    if (character == '"') { quoted += '"'; }
    quoted += character;
  }
  return quoted + '"';
}

std::string url_encoded(std::string_view path)
{
  std::string url;
  for (const char character : path) {
    if (k_unreserved.find(character) != std::string_view::npos) {
      url += character;
    } else {
      fmt::format_to(std::back_inserter(url), "%{:02X}", static_cast<unsigned char>(character));
    }
  }
  return url;
}

std::string file_url(std::string_view path)
{
  return "file://" + url_encoded(path);
}

}  // namespace vidcv
