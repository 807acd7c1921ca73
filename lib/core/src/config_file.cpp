#include <vidcv/core/config.hpp>
#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>

namespace vidcv {
namespace {

constexpr std::size_t k_largest_file = 1 << 20;
/// toml++ makes a table of each part of a key, and a table calls itself for what is in it: more would end the stack.
constexpr std::ptrdiff_t k_most_dots = 10'000;

std::string place(const std::filesystem::path& file, const toml::source_region& region)
{
  return fmt::format("{}:{}", file.native(), region.begin.line);
}

toml::table parse(const std::filesystem::path& file)
{
  std::string text;
  try {
    text = read_file(file, k_largest_file);
  } catch (const InputError& error) {
    throw UsageError(error.thing(), "configuration", error.cause());
  }
  if (std::ranges::count(text, '.') > k_most_dots) {
    throw UsageError(file.native(), "configuration", fmt::format("it has more than {} dots", k_most_dots));
  }
  try {
    return toml::parse(text, file.native());
  } catch (const toml::parse_error& error) {
    throw UsageError(place(file, error.source()), "configuration", error.description());
  }
}

const Setting* find_setting(std::string_view section, std::string_view name)
{
  const auto all = settings();
  const auto found =
      std::ranges::find_if(all, [&](const Setting& s) { return s.section == section && s.name == name; });
  return found == all.end() ? nullptr : &*found;
}

bool is_section(std::string_view name)
{
  return std::ranges::any_of(settings(), [&](const Setting& s) { return s.section == name; });
}

/// The node as a value of the setting's type; a whole number serves where a fraction is allowed.
std::optional<SettingValue> typed(const Setting& which, const toml::node& node)
{
  if (std::holds_alternative<std::string>(which.fallback)) {
    if (const auto* text = node.as_string()) { return text->get(); }
  } else if (const auto* whole = node.as_integer()) {
    if (std::holds_alternative<std::int64_t>(which.fallback)) { return whole->get(); }
    return static_cast<double>(whole->get());
  } else if (const auto* number = node.as_floating_point(); number && std::holds_alternative<double>(which.fallback)) {
    return number->get();
  }
  return std::nullopt;
}

std::string_view kind_name(const Setting& which)
{
  if (std::holds_alternative<std::string>(which.fallback)) { return "text"; }
  return std::holds_alternative<double>(which.fallback) ? "a number" : "a whole number";
}

/// What `[encoder] model` of a file means wherever the program runs.
std::string model_of(const std::string& text, const std::filesystem::path& file, bool trusted, const std::string& where)
{
  if (text.empty()) { return text; }
  if (!trusted) {
    throw UsageError(where, setting(Key::model).name,
                     "a model is a program and is not taken from the working folder: use --model, VIDCV_MODEL, "
                     "--config or your own configuration");
  }
  const bool is_path = text.find('/') != std::string::npos || text.ends_with(".pt");
  return is_path ? (absolute_path(file).parent_path() / text).native() : text;
}

/// Whether the value gives a media file more rights or more of the machine than the settings so far.
bool loosens(const Setting& which, const SettingValue& now, const SettingValue& wanted)
{
  if (which.section != "limits") { return false; }
  return which.key == Key::isolation ? now == which.fallback && wanted != now : wanted > now;
}

/// A threshold, or one for each source.
class ThresholdReader {
 public:
  ThresholdReader(const std::filesystem::path& file, NamedThresholds& thresholds)
      : m_file(file), m_thresholds(thresholds)
  {
  }

  void read(const toml::table& sections)
  {
    for (const auto& [section, node] : sections) {
      const toml::table& entries = table(section, node);
      for (const auto& [name, value] : entries) {
        const std::string key(name.str());
        if (section.str() == "models") {
          m_thresholds.models[key] = number("models." + key, name, value, -1);
        } else if (section.str() == "assets") {
          read_asset(name, value, m_thresholds.assets[key]);
        } else {
          throw UsageError(place(m_file, section.source()), section.str(), "unknown section of [thresholds]");
        }
      }
    }
  }

 private:
  const toml::table& table(const toml::key& name, const toml::node& node) const
  {
    const toml::table* entries = node.as_table();
    if (entries == nullptr) { throw UsageError(place(m_file, node.source()), name.str(), "is not a section"); }
    return *entries;
  }

  double number(const std::string& full_name, const toml::key& name, const toml::node& node, double lowest)
  {
    const auto value = node.value<double>();
    if (!value || !(*value >= lowest && *value <= 1)) {
      throw UsageError(place(m_file, name.source()), name.str(), fmt::format("is not a number from {} to 1", lowest));
    }
    m_thresholds.named["thresholds." + full_name] = {*value, place(m_file, name.source())};
    return *value;
  }

  void read_asset(const toml::key& name, const toml::node& node, SourceThresholds& asset)
  {
    const std::string full_name = fmt::format("assets.{}", name.str());
    if (!node.is_table()) {
      asset.clip = number(full_name + ".clip", name, node, -1);
      return;
    }
    for (const auto& [source, value] : *node.as_table()) {
      if (source.str() == "clip") {
        asset.clip = number(full_name + ".clip", source, value, -1);
      } else if (source.str() == "face") {
        asset.face = number(full_name + ".face", source, value, -1);
      } else if (source.str() == "detection") {
        asset.detection = number(full_name + ".detection", source, value, 0);
      } else {
        throw UsageError(place(m_file, source.source()), source.str(), "is not one of clip, face and detection");
      }
    }
  }

  const std::filesystem::path& m_file;
  NamedThresholds& m_thresholds;
};

}  // namespace

void Config::merge_file(const std::filesystem::path& file, bool trusted)
{
  const toml::table root = parse(file);
  for (const auto& [section, node] : root) {
    const toml::table* table = node.as_table();
    if (section.str() == "thresholds" && table != nullptr) {
      ThresholdReader(file, m_thresholds).read(*table);
      continue;
    }
    if (!is_section(section.str())) {
      throw UsageError(place(file, section.source()), section.str(), "unknown section");
    }
    if (table == nullptr) { throw UsageError(place(file, node.source()), section.str(), "is not a section"); }
    for (const auto& [name, value] : *table) {
      const std::string where = place(file, name.source());
      const Setting* which = find_setting(section.str(), name.str());
      if (which == nullptr) { throw UsageError(where, name.str(), fmt::format("unknown key in [{}]", section.str())); }
      auto converted = typed(*which, value);
      if (!converted) { throw UsageError(where, which->name, fmt::format("is not {}", kind_name(*which))); }
      if (which->key == Key::model) { converted = model_of(std::get<std::string>(*converted), file, trusted, where); }
      if (!trusted && loosens(*which, this->value(which->key), *converted)) {
        throw UsageError(where, which->name,
                         "a limit is not loosened from the working folder: use an option, a VIDCV_ variable, --config "
                         "or your own configuration");
      }
      store(*which, std::move(*converted), where);
    }
  }
}

}  // namespace vidcv
