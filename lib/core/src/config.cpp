#include <vidcv/core/config.hpp>

#include <vidcv/core/error.hpp>
#include <vidcv/core/places.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace vidcv {
namespace {

constexpr std::array<std::string_view, 7> k_policies = {"auto",  "budget",    "reference", "every",
                                                        "count", "keyframes", "scene"};
constexpr std::array<std::string_view, 2> k_exif_rules = {"apply", "ignore"};
constexpr std::array<std::string_view, 3> k_alpha_rules = {"white", "black", "drop"};
constexpr std::array<std::string_view, 3> k_precisions = {"fp32", "bf16", "auto"};
constexpr std::array<std::string_view, 2> k_isolations = {"process", "none"};
constexpr double k_day_s = 86400;

const std::array<Setting, k_key_count> k_settings = {{
    {Key::clip_similarity_threshold,
     "cv_analysis",
     "clip_similarity_threshold",
     "--threshold",
     0.65,
     -1,
     1,
     {},
     "cosine from which a frame shows an asset; default: the model's own"},
    {Key::clip_margin_threshold,
     "cv_analysis",
     "clip_margin_threshold",
     "--margin",
     -2.0,
     -2,
     2,
     {},
     "required lead over the frame's second-best asset; 0: best asset only, -2: off"},
    {Key::clip_distinctness_threshold,
     "cv_analysis",
     "clip_distinctness_threshold",
     "--distinctness",
     0.4,
     -1,
     1,
     {},
     "how far a score must lie above those of other things: 0 as alike, 1 the same; -1: off"},
    {Key::motion_delta_threshold,
     "cv_analysis",
     "motion_delta_threshold",
     "--motion-threshold",
     0.15,
     0,
     1,
     {},
     "share of the pixels that must change for a motion frame"},
    {Key::max_frames_per_clip,
     "cv_analysis",
     "max_frames_per_clip",
     "--max-frames",
     std::int64_t{8},
     1,
     64,
     {},
     "frames kept per clip; with the policy auto no limit unless it is named"},
    {Key::quality_gate_threshold,
     "cv_analysis",
     "quality_gate_threshold",
     "--quality-gate",
     5.0,
     0,
     10,
     {},
     "quality above which a detection may become an asset"},
    {Key::face_match_threshold,
     "cv_analysis",
     "face_match_threshold",
     "--face-threshold",
     0.6,
     -1,
     1,
     {},
     "cosine from which two faces count as the same person"},
    {Key::detection_confidence_threshold,
     "cv_analysis",
     "detection_confidence_threshold",
     "--detection-threshold",
     0.0,
     0,
     1,
     {},
     "confidence from which a detection counts for the assets of its class"},
    {Key::policy, "sampling", "policy", "--policy", std::string("auto"), 0, 0, k_policies,
     "which frames are kept: auto, budget, reference (as the Python service does), every, count, keyframes or scene"},
    {Key::every_sec,
     "sampling",
     "every_sec",
     "--every",
     2.0,
     0.001,
     k_day_s,
     {},
     "policy every: seconds from one frame to the next"},
    {Key::count,
     "sampling",
     "count",
     "--count",
     std::int64_t{8},
     1,
     100'000,
     {},
     "policy count: frames, evenly spread"},
    {Key::exif, "sampling", "exif", "--exif", std::string("apply"), 0, 0, k_exif_rules,
     "the EXIF orientation of pictures: apply or ignore"},
    {Key::alpha, "sampling", "alpha", "--alpha", std::string("white"), 0, 0, k_alpha_rules,
     "background of transparent pixels: white, black, or drop to ignore transparency"},
    {Key::limit_pixels,
     "limits",
     "limit_pixels",
     "--limit-pixels",
     std::int64_t{1} << 28,
     1,
     1 << 28,
     {},
     "pixels of one picture"},
    {Key::limit_frames,
     "limits",
     "limit_frames",
     "--limit-frames",
     std::int64_t{10'000'000},
     1,
     1e12,
     {},
     "frames of one file"},
    {Key::limit_media_sec,
     "limits",
     "limit_media_sec",
     "--limit-media-sec",
     2 * k_day_s,
     0,
     1e9,
     {},
     "seconds of media of one file"},
    {Key::limit_streams,
     "limits",
     "limit_streams",
     "--limit-streams",
     std::int64_t{100},
     1,
     1000,
     {},
     "streams of one file"},
    {Key::limit_memory_mb,
     "limits",
     "limit_memory_mb",
     "--limit-memory-mb",
     std::int64_t{4096},
     1,
     1 << 20,
     {},
     "MB by which the process may grow for one file"},
    {Key::limit_wall_sec,
     "limits",
     "limit_wall_sec",
     "--limit-wall-sec",
     7200.0,
     0,
     30 * k_day_s,
     {},
     "seconds that the program waits for one file's pictures"},
    {Key::isolation, "limits", "isolation", "--isolation", std::string("process"), 0, 0, k_isolations,
     "where files are decoded: process (in a sandboxed process) or none (in this one)"},
    {Key::model,
     "encoder",
     "model",
     "--model",
     std::string(),
     0,
     0,
     {},
     "a vidcv model file, or the name of an imported model"},
    {Key::device, "encoder", "device", "--device", std::string("auto"), 0, 0, {}, "auto, cpu, cuda or cuda:N"},
    {Key::precision, "encoder", "precision", "--precision", std::string("fp32"), 0, 0, k_precisions,
     "number format of the network: fp32, bf16 or auto"},
    {Key::threads,
     "encoder",
     "threads",
     "--threads",
     std::int64_t{0},
     0,
     256,
     {},
     "threads for decoding, and as many for encoding; 0: one per processor"},
    {Key::decode_threads,
     "sampling",
     "decode_threads",
     "--decode-threads",
     std::int64_t{0},
     0,
     256,
     {},
     "threads for decoding; 0: as many as --threads"},
    {Key::encode_threads,
     "encoder",
     "encode_threads",
     "--encode-threads",
     std::int64_t{0},
     0,
     256,
     {},
     "threads of the network; 0: as many as --threads"},
    {Key::batch, "encoder", "batch", "--batch", std::int64_t{8}, 1, 256, {}, "pictures per forward pass"},
    {Key::busy_timeout,
     "database",
     "busy_timeout",
     "--busy-timeout",
     30.0,
     0,
     k_day_s,
     {},
     "seconds to wait for a database that another program has locked"},
}};

std::string described(const Setting& which)
{
  if (!which.choices.empty()) { return fmt::format("one of {}", fmt::join(which.choices, ", ")); }
  if (std::holds_alternative<std::string>(which.fallback)) { return "text"; }
  const char* kind = std::holds_alternative<std::int64_t>(which.fallback) ? "a whole number" : "a number";
  return fmt::format("{} from {} to {}", kind, which.low, which.high);
}

std::string shown(const SettingValue& value)
{
  return std::visit([](const auto& v) { return fmt::format("{}", v); }, value);
}

/// A basic string of TOML.
std::string toml_text(std::string_view text)
{
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += fmt::format("\\{}", c);
    } else if (byte < 0x20 || byte == 0x7F) {
      quoted += fmt::format("\\u{:04X}", byte);
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

bool in_range(const Setting& which, const SettingValue& value)
{
  if (const auto* text = std::get_if<std::string>(&value)) {
    return which.choices.empty() || std::ranges::find(which.choices, *text) != which.choices.end();
  }
  const auto* whole = std::get_if<std::int64_t>(&value);
  const double number = whole != nullptr ? static_cast<double>(*whole) : std::get<double>(value);
  return number >= which.low && number <= which.high;
}

[[noreturn]] void refuse(const Setting& which, std::string_view value, std::string_view origin)
{
  const bool is_named = origin.ends_with(which.name);  // --policy says it already
  throw UsageError(origin, is_named ? "" : which.name, fmt::format("{} is not {}", one_line(value), described(which)));
}

/// `text` as a value of the type that the setting has.
std::optional<SettingValue> parsed(const Setting& which, std::string_view text)
{
  if (std::holds_alternative<std::string>(which.fallback)) { return std::string(text); }
  if (std::holds_alternative<double>(which.fallback)) { return parse_double(text); }
  if (const auto whole = parse_integer(text)) { return std::int64_t{*whole}; }
  return std::nullopt;
}

}  // namespace

std::string Setting::variable() const
{
  std::string name_in_capitals;
  std::ranges::transform(name, std::back_inserter(name_in_capitals),
                         [](char c) { return static_cast<char>(std::toupper(c)); });
  return "VIDCV_" + name_in_capitals;
}

std::span<const Setting> settings()
{
  return k_settings;
}

const Setting& setting(Key key)
{
  return k_settings.at(static_cast<std::size_t>(key));
}

bool comes_from_model(Key key) noexcept
{
  return key == Key::clip_similarity_threshold;
}

Config::Config()
{
  for (const Setting& which : k_settings) { entry(which.key) = {which.fallback, "default"}; }
}

bool Config::is_there(const std::filesystem::path& file)
{
  std::error_code unreadable;
  const bool found = std::filesystem::exists(file, unreadable);
  if (unreadable) {
    m_notes.push_back(fmt::format("{}: {}: it is not read", one_line(file.native()), unreadable.message()));
  }
  return found;
}

Config Config::load(const std::optional<std::filesystem::path>& named)
{
  Config config;
  if (const auto own = user_config_file(); own && config.is_there(*own)) { config.merge_file(*own, true); }
  if (named) {
    config.merge_file(*named, true);
  } else if (config.is_there("vidcv.toml")) {
    config.merge_file("vidcv.toml", false);
  }
  config.take_variables();
  return config;
}

void Config::set(Key key, std::string_view text, std::string_view origin)
{
  const Setting& which = setting(key);
  auto value = parsed(which, text);
  if (!value) { refuse(which, text, origin); }
  store(which, std::move(*value), origin);
}

void Config::store(const Setting& which, SettingValue value, std::string_view origin)
{
  if (!in_range(which, value)) { refuse(which, shown(value), origin); }
  entry(which.key) = {std::move(value), std::string(origin)};
}

double Config::number(Key key) const
{
  return std::get<double>(entry(key).value);
}
std::int64_t Config::integer(Key key) const
{
  return std::get<std::int64_t>(entry(key).value);
}
const std::string& Config::text(Key key) const
{
  return std::get<std::string>(entry(key).value);
}
const std::string& Config::origin(Key key) const
{
  return entry(key).origin;
}

std::string literal_of(const SettingValue& value)
{
  if (const auto* text = std::get_if<std::string>(&value)) { return toml_text(*text); }
  if (const auto* number = std::get_if<double>(&value)) {
    const std::string digits = fmt::format("{}", *number);
    return digits.find_first_of(".e") == std::string::npos ? digits + ".0" : digits;
  }
  return shown(value);
}

std::string Config::literal(Key key) const
{
  return literal_of(entry(key).value);
}

std::optional<std::filesystem::path> user_config_file()
{
  const auto base = base_folder("XDG_CONFIG_HOME", ".config");
  return base ? std::optional<std::filesystem::path>(*base / "vidcv" / "config.toml") : std::nullopt;
}

}  // namespace vidcv
