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

namespace vidcv {

/// Every setting there is. settings() says what each means.
enum class Key {
  clip_similarity_threshold,
  clip_margin_threshold,
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
inline constexpr std::size_t k_key_count = 27;

using SettingValue = std::variant<std::int64_t, double, std::string>;

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

/// All settings, in the order of Key.
std::span<const Setting> settings();
const Setting& setting(Key key);

/// From when on something counts as seen, by the source that saw it.
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
  /// @throws UsageError naming file and line for a wrong type, a value out of range or an unknown key
  static Config load(const std::optional<std::filesystem::path>& named);

  /// One configuration file on top of what is there. `trusted` files may name a model, which is a program.
  void merge_file(const std::filesystem::path& file, bool trusted);

  /// A value as text, from an option or a variable.
  /// @throws UsageError naming `origin`
  void set(Key key, std::string_view text, std::string_view origin);

  const SettingValue& value(Key key) const { return entry(key).value; }
  double number(Key key) const;
  std::int64_t integer(Key key) const;
  const std::string& text(Key key) const;
  /// The value as a configuration file would have it.
  std::string literal(Key key) const;
  /// `default`, `FILE:LINE`, a variable's or an option's name.
  const std::string& origin(Key key) const;
  const NamedThresholds& thresholds() const noexcept { return m_thresholds; }

 private:
  struct Entry {
    SettingValue value;
    std::string origin;
  };
  Entry& entry(Key key) { return m_entries.at(static_cast<std::size_t>(key)); }
  const Entry& entry(Key key) const { return m_entries.at(static_cast<std::size_t>(key)); }
  void store(const Setting& which, SettingValue value, std::string_view origin);

  std::array<Entry, k_key_count> m_entries;
  NamedThresholds m_thresholds;
};

/// `$XDG_CONFIG_HOME/vidcv/config.toml`, or the same below `~/.config`; nothing where there is no home.
std::optional<std::filesystem::path> user_config_file();

}  // namespace vidcv
