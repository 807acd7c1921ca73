#include "readers.hpp"

#include <vidcv/core/text.hpp>

#include <algorithm>
#include <array>
#include <cctype>

namespace vidcv {
namespace {

/// `scheme` of `scheme://...`; empty for what is not a URL. A single letter is a drive.
std::string_view scheme_of(std::string_view name)
{
  const std::string_view scheme = name.substr(0, name.find("://"));
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '+' || c == '-' || c == '.'; };
  return scheme.size() > 1 && scheme.size() < name.size() && std::ranges::all_of(scheme, fits) ? scheme : "";
}

std::string path_of_url(std::string_view url, std::string_view scheme)
{
  const std::array k_encoded = {"http", "https", "file"};
  std::string_view path = url.substr(scheme.size() + std::string_view("://").size());
  path.remove_prefix(std::min(path.find('/'), path.size()));
  const bool is_encoded = std::ranges::any_of(k_encoded, [&](const char* known) { return same_word(scheme, known); });
  return is_encoded ? percent_unescaped(path.substr(0, path.find_first_of("?#"))) : std::string(path);
}

/// A path as another machine may write it, a URL, with backslashes, or from a root of its own: with slashes, absolute
/// where it was. Nothing for a path that can only be one below a folder here.
std::optional<std::string> path_elsewhere(const std::string& name)
{
  const std::string_view scheme = scheme_of(name);
  if (!scheme.empty()) { return path_of_url(name, scheme); }
  if (name.starts_with('/')) { return name; }
  const bool has_drive = name.size() > 2 && std::isalpha(static_cast<unsigned char>(name[0])) != 0 && name[1] == ':' &&
                         (name[2] == '\\' || name[2] == '/');
  if (!has_drive && name.find('\\') == std::string::npos) { return std::nullopt; }
  std::string path = has_drive ? name.substr(2) : name;
  std::ranges::replace(path, '\\', '/');
  return path;
}

/// The frame that a name STEM_N of a picture means, with or without an ending behind N.
std::optional<FrameName> frame_of_clip(const std::string& name, std::int64_t first_frame)
{
  const std::size_t begin = name.find_last_of('/') + 1;  // npos + 1 is 0
  const std::size_t bar = name.rfind('_');
  if (bar == std::string::npos || bar <= begin) { return std::nullopt; }
  const std::string digits = name.substr(bar + 1, name.find('.', bar) - bar - 1);
  const bool plain = !digits.empty() && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  const bool has_one_ending = name.find('.', bar) == std::string::npos || name.find('.', bar) == name.rfind('.');
  const auto number = plain && has_one_ending ? parse_integer(digits) : std::nullopt;
  if (!number) { return std::nullopt; }
  return FrameName{.file = name.substr(0, bar), .frame_number = *number - first_frame};
}

}  // namespace

std::vector<FrameName> file_names(const std::string& name, std::optional<std::int64_t> frame_number)
{
  std::vector<FrameName> names = {{.file = name, .frame_number = frame_number}};
  if (const auto elsewhere = path_elsewhere(name)) {
    names.push_back({.file = *elsewhere, .frame_number = frame_number, .is_elsewhere = true});
  }
  return names;
}

std::vector<FrameName> names_of(const std::string& name, std::int64_t first_frame)
{
  std::vector<FrameName> names;
  for (FrameName whole : file_names(name, 0)) {
    const auto frame = frame_of_clip(whole.file, first_frame);
    whole.is_picture = frame.has_value();
    names.push_back(whole);
    if (!frame) { continue; }
    names.push_back(*frame);
    names.back().is_elsewhere = whole.is_elsewhere;
  }
  return names;
}

}  // namespace vidcv
