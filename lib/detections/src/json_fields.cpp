#include "json_fields.hpp"

#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <string_view>

namespace vidcv {
namespace {

using nlohmann::json;

/// The length of a number that JSON does not have at the start of `text`; 0 where there is none.
std::size_t length_of_no_number(std::string_view text)
{
  constexpr std::array<std::string_view, 3> k_words = {"NaN", "-Infinity", "Infinity"};
  const auto word = std::ranges::find_if(k_words, [&](std::string_view known) { return text.starts_with(known); });
  return word == k_words.end() ? 0 : word->size();
}

/// Puts an empty text of the same length where a number that JSON does not have stands outside of texts.
void blank_out_no_numbers(std::string& text)
{
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (in_text && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      in_text = !in_text;
    } else if (const std::size_t length = in_text ? 0 : length_of_no_number(std::string_view(text).substr(i))) {
      text.replace(i, length, fmt::format("{:{}}", "\"\"", length));
      i += length - 1;
    }
  }
}

bool is_utf16(std::string_view text)
{
  return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") ||
         (text.size() > 1 && (text[0] == '\0') != (text[1] == '\0'));
}

/// What the parser says, without its own name and place, and without what it read, which may be all of the file.
std::string cause_of(const json::exception& error)
{
  std::string_view text = error.what();
  if (const auto place = text.find(" - "); place != std::string_view::npos) {
    text.remove_prefix(place + 3);
  } else if (const auto name = text.find("] "); name != std::string_view::npos) {
    text.remove_prefix(name + 2);
  }
  return std::string(text.substr(0, text.find("; last read")));
}

}  // namespace

json parsed_json(std::string text)
{
  if (is_utf16(text)) { throw std::invalid_argument("not JSON: byte 1: it is UTF-16; save it as UTF-8"); }
  blank_out_no_numbers(text);
  try {
    return json::parse(text);
  } catch (const json::parse_error& error) {
    throw std::invalid_argument(fmt::format("not JSON: byte {}: {}", error.byte, cause_of(error)));
  } catch (const json::exception& error) {
    throw std::invalid_argument(cause_of(error));
  }
}

std::string id_text(const json& id)
{
  if (id.is_string()) { return id.get<std::string>(); }
  if (id.is_number_float() && id.get<double>() == std::floor(id.get<double>())) {
    return fmt::format("{:.0f}", id.get<double>());
  }
  return id.is_structured() ? "a list or an object" : id.dump();  // which may be nested as deep as the file is long
}

const json& field_of(const json& object, const char* name)
{
  static const json k_null;
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() ? *found : k_null;
}

}  // namespace vidcv
