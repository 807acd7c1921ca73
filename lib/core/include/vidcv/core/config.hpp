#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace vidcv {

/// Every setting there is. settings() says what each means.
enum class Key {
  clip_similarity_threshold,
  clip_margin_threshold,
  clip_distinctness_threshold,
  motion_delta_threshold,
  max_frames_per_clip,
  quality_gate_threshold,
  face_match_threshold,
  detection_confidence_threshold,
  policy,
  every_sec,
  count,
  exif,
  alpha,
  limit_pixels,
  limit_frames,
  limit_media_sec,
  limit_streams,
  limit_memory_mb,
  limit_wall_sec,
  isolation,
  model,
  device,
  precision,
  threads,
  decode_threads,
  encode_threads,
  batch,
  busy_timeout,
};
inline constexpr std::size_t k_key_count = 28;

using SettingValue = std::variant<std::int64_t, double, std::string>;

/// The value as a configuration file would have it.
std::string literal_of(const SettingValue& value);

/// One setting: where it stands in a file, which option and variable name it, what it may be.
struct Setting {
  Key key;
  std::string_view section;  ///< of a configuration file
  std::string_view name;     ///< in its section; `VIDCV_NAME` in capitals is its variable
  std::string_view option;   ///< on the command line of the programs that use it
  SettingValue fallback;
  double low;  ///< numbers: the range, ends included
  double high;
  std::span<const std::string_view> choices;  ///< texts: what it may be; empty for any text
  std::string_view help;

  std::string variable() const;
};

/// Whether a model brings its own value, which is in force unless the setting is set; `fallback` is then the value
/// where there is no model.
bool comes_from_model(Key key) noexcept;

/// All settings, in the order of Key.
std::span<const Setting> settings();
const Setting& setting(Key key);

/// The score from which something counts as seen, by source.
struct SourceThresholds {
  std::optional<double> clip;       ///< cosine of two pictures
  std::optional<double> face;       ///< cosine of two faces
  std::optional<double> detection;  ///< confidence of a detector
};

/// Thresholds of single models and assets: `[thresholds.models]` and `[thresholds.assets]` of a configuration file.
struct NamedThresholds {
  std::map<std::string, double> models;            ///< by name or fingerprint
  std::map<std::string, SourceThresholds> assets;  ///< by tag
  /// All of them by their full names, with where they come from: what `vidcv config` shows.
  std::map<std::string, std::pair<double, std::string>> named;
};

/// The effective settings, and where each came from.
/// Precedence: option > `VIDCV_*` variable > `--config FILE` or `./vidcv.toml` > the user's own file > default.
class Config {
 public:
  Config();

  /// Files and variables, lowest precedence first.
  /// @param named  the file of `--config`; it must exist. Without one `./vidcv.toml` is read if it is there.
  /// @throws UsageError naming file and line, or the variable, for a wrong type, a value out of range or an unknown
  /// name
  static Config load(const std::optional<std::filesystem::path>& named);

  /// One configuration file on top of what is there. `trusted` files may name a model, which is a program: an imported
  /// one, or a file whose path is relative to the configuration's folder, not to the working folder. Only they may
  /// loosen a limit or turn isolation off.
  void merge_file(const std::filesystem::path& file, bool trusted);

  /// A value as text, from an option or a variable.
  /// @throws UsageError naming `origin`
  void set(Key key, std::string_view text, std::string_view origin);

  const SettingValue& value(Key key) const { return entry(key).value; }
  double number(Key key) const;
  std::int64_t integer(Key key) const;
  const std::string& text(Key key) const;
  std::string literal(Key key) const;  ///< see literal_of()
  /// `default`, `FILE:LINE`, a variable's or an option's name.
  const std::string& origin(Key key) const;
  const NamedThresholds& thresholds() const noexcept { return m_thresholds; }
  /// Files that may exist in a folder that may not be searched: one line per file.
  const std::vector<std::string>& notes() const noexcept { return m_notes; }

 private:
  struct Entry {
    SettingValue value;
    std::string origin;
  };
  Entry& entry(Key key) { return m_entries.at(static_cast<std::size_t>(key)); }
  const Entry& entry(Key key) const { return m_entries.at(static_cast<std::size_t>(key)); }
  void store(const Setting& which, SettingValue value, std::string_view origin);
  void take_variables();
  bool is_there(const std::filesystem::path& file);

  std::array<Entry, k_key_count> m_entries;
  NamedThresholds m_thresholds;
  std::vector<std::string> m_notes;
};

/// `$XDG_CONFIG_HOME/vidcv/config.toml`, or the same below `~/.config`; nothing where no home folder is known. See
/// vidcv/core/places.hpp.
std::optional<std::filesystem::path> user_config_file();

}  // namespace vidcv
