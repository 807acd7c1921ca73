#include "classes.hpp"

#include "readers.hpp"

#include <vidcv/core/text.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

constexpr const char* k_class_list = "classes.txt";
constexpr const char* k_data_set = "data.yaml";
constexpr std::string_view k_space = " \t";

std::string_view trimmed(std::string_view text)
{
  const std::size_t first = text.find_first_not_of(k_space);
  if (first == std::string_view::npos) { return {}; }
  return text.substr(first, text.find_last_not_of(k_space) - first + 1);
}

/// A YAML scalar on one line, without its quotes and its comment.
/// @throws std::invalid_argument for what only a whole YAML reader understands
std::string scalar(std::string_view text)
{
  text = trimmed(text);
  const char quote = text.empty() ? '\0' : text.front();
  const bool is_quoted = quote == '"' || quote == '\'';
  const std::size_t end = is_quoted ? text.find(quote, 1) : text.find(" #");
  const std::string_view rest = end == std::string_view::npos ? "" : trimmed(text.substr(end + 1));
  const std::string_view value = trimmed(text.substr(is_quoted ? 1 : 0, is_quoted ? end - 1 : end));
  const bool is_plain = is_quoted ? end != std::string_view::npos && (rest.empty() || rest.front() == '#') &&
                                        value.find('\\') == std::string_view::npos
                                  : std::string_view("[]{},&*!|>%@`#").find(quote) == std::string_view::npos;
  if (value.empty() || !is_plain) { throw std::invalid_argument(fmt::format("'{}' is not a plain name", text)); }
  return std::string(value);
}

/// The parts of `a, 'b, c', d` between commas that are outside of quotes.
std::vector<std::string> flow_parts(std::string_view text)
{
  std::vector<std::string> parts(1);
  char quote = '\0';
  for (const char c : text) {
    if (quote == '\0' && c == ',') {
      parts.emplace_back();
      continue;
    }
    if (c == quote) {
      quote = '\0';
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    }
    parts.back() += c;
  }
  if (trimmed(parts.back()).empty()) { parts.pop_back(); }  // a comma may follow the last one
  return parts;
}

/// What stands under the key `names` of the document, a line or an entry of a flow each.
std::vector<std::string> yaml_entries(const std::vector<std::string>& lines)
{
  constexpr std::string_view k_key = "names:";
  std::vector<std::string> entries;
  std::string flow;
  bool in_names = false;
  for (const std::string& line : lines) {
    std::string_view text = trimmed(line);
    if (text.empty() || text.front() == '#') { continue; }
    if (std::string_view(" \t-]}").find(line.front()) == std::string_view::npos) {  // the next key
      in_names = line.starts_with(k_key);
      if (in_names) { text = trimmed(text.substr(k_key.size())); }
    }
    if (!in_names || text.empty() || text.front() == '#') { continue; }
    const bool is_flow = !flow.empty() || (entries.empty() && (text.front() == '[' || text.front() == '{'));
    if (is_flow) {
      flow += std::string(text) + ' ';
    } else {
      entries.emplace_back(text);
    }
  }
  if (flow.empty()) { return entries; }
  const std::size_t end = flow.find_last_of("]}");
  if (end == std::string::npos) { throw std::invalid_argument("the list has no end"); }
  return flow_parts(std::string_view(flow).substr(1, end - 1));
}

/// The names of a data.yaml of ultralytics: a list, or a map from numbers, in one line or in a line for each name.
/// @throws std::invalid_argument for what is written in another way
void add_yaml_names(const std::vector<std::string>& lines, ClassNames& names)
{
  std::size_t next = 0;
  for (const std::string& line : yaml_entries(lines)) {
    std::string_view entry = trimmed(line);
    if (entry.starts_with("- ")) { entry = trimmed(entry.substr(2)); }
    const std::size_t colon = entry.find(": ");
    const std::string id(trimmed(entry.substr(0, colon)));
    if (colon != std::string_view::npos && parse_integer(id)) {
      names.add(id, scalar(entry.substr(colon + 1)));
    } else {
      names.add(std::to_string(next++), scalar(entry));
    }
  }
}

/// One name per line, a blank line for a number without a name.
void add_listed_names(const std::vector<std::string>& lines, ClassNames& names)
{
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!trimmed(lines[i]).empty()) { names.add(std::to_string(i), lines[i]); }
  }
}

}  // namespace

std::string ClassNames::name_of(const std::string& id)
{
  const auto known = m_names.find(id);
  if (known != m_names.end()) { return known->second; }
  m_unnamed.insert(id);
  return id;
}

std::optional<std::string> ClassNames::warning(const fs::path& source, const std::string& way_out) const
{
  constexpr std::size_t k_most = 8;
  if (m_unnamed.empty()) { return std::nullopt; }
  std::vector<std::string> ids(m_unnamed.begin(), m_unnamed.end());
  std::ranges::sort(ids, {}, [](const std::string& id) { return std::pair(id.size(), id); });
  const std::size_t more = ids.size() - std::min(k_most, ids.size());
  ids.resize(ids.size() - more);
  return fmt::format("{}: classes without a name are called by their number: {}{}; {}", one_line(source.native()),
                     one_line(fmt::format("{}", fmt::join(ids, ", "))),
                     more > 0 ? fmt::format(" and {} more", more) : "", way_out);
}

bool is_class_names(const fs::path& file)
{
  return file.filename() == k_class_list;
}

ClassNames read_class_names(const fs::path& folder, const DetectionEvents& events)
{
  ClassNames names;
  for (const fs::path& place : {folder, folder.parent_path()}) {
    std::error_code error;
    if (fs::is_regular_file(place / k_class_list, error)) {
      add_listed_names(lines_of(place / k_class_list), names);
      return names;
    }
    const fs::path data_set = place / k_data_set;
    if (!fs::is_regular_file(data_set, error)) { continue; }
    try {
      add_yaml_names(lines_of(data_set), names);
      return names;
    } catch (const std::invalid_argument& wrong) {
      events.warned(fmt::format("{}: its names are not read: {}; write them to {}, one name per line",
                                one_line(data_set.native()), one_line(wrong.what()), k_class_list));
      return {};
    }
  }
  return names;
}

}  // namespace vidcv
