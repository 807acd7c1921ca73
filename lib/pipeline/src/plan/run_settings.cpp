#include <vidcv/pipeline/run_settings.hpp>

#include <vidcv/clip/threshold.hpp>
#include <vidcv/core/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace vidcv {

namespace {

constexpr std::array k_meant_policies = {std::pair{Key::every_sec, Policy::every},
                                         std::pair{Key::count, Policy::count}};

/// An option weighs more than a variable. A file, where all values may be listed, means no policy by a value.
int weight_of(const Config& config, Key key)
{
  const std::string& origin = config.origin(key);
  if (origin.starts_with("--")) { return 2; }
  return origin.starts_with("VIDCV_") ? 1 : 0;
}

/// `--every` and `--count`, or their variables, select the policy. A conflicting `--policy` beside them is refused.
Policy chosen_policy(const Config& config)
{
  Policy policy = for_option(setting(Key::policy).option, [&] { return parse_policy(config.text(Key::policy)); });
  int weight = weight_of(config, Key::policy);
  for (const auto& [key, meant] : k_meant_policies) {
    const int own = weight_of(config, key);
    if (own == 0 || own < weight) { continue; }
    if (own == weight && policy != meant) {
      throw UsageError(config.origin(key), "", fmt::format("needs --policy {}", setting(key).option.substr(2)));
    }
    policy = meant;
    weight = own;
  }
  return policy;
}

/// What said that policy.
std::string policy_source(const Config& config, Policy policy)
{
  for (const auto& [key, meant] : k_meant_policies) {
    if (policy == meant && weight_of(config, key) > 0) { return config.origin(key); }
  }
  const std::string& origin = config.origin(Key::policy);
  return origin == setting(Key::policy).option ? fmt::format("{} {}", origin, config.text(Key::policy))
                                               : fmt::format("policy = {} ({})", config.text(Key::policy), origin);
}

/// Refuses options that the policy does not look at.
void require_effect(const Config& config, Policy policy)
{
  const bool has_budget = policy == Policy::automatic || policy == Policy::budget || policy == Policy::reference;
  for (const Key key : {Key::max_frames_per_clip, Key::motion_delta_threshold}) {
    const std::string_view option = setting(key).option;
    if (!has_budget && config.origin(key) == option) {
      throw UsageError(option, "", fmt::format("has no effect with {}", policy_source(config, policy)));
    }
  }
}

int threads_of(const Config& config, Key own)
{
  const std::int64_t wanted = config.integer(own);
  return static_cast<int>(wanted > 0 ? wanted : config.integer(Key::threads));
}

}  // namespace

bool is_about_choice(Key key)
{
  constexpr std::array k_keys = {Key::policy, Key::every_sec, Key::count, Key::max_frames_per_clip,
                                 Key::motion_delta_threshold};
  return std::ranges::find(k_keys, key) != k_keys.end();
}

bool is_about_pictures(Key key)
{
  constexpr std::array k_keys = {Key::exif, Key::alpha, Key::decode_threads, Key::isolation};
  return std::ranges::find(k_keys, key) != k_keys.end();
}

DecodeOptions decode_options(const Config& config)
{
  DecodeOptions options;
  options.threads = threads_of(config, Key::decode_threads);
  const std::string& alpha = config.text(Key::alpha);
  options.pictures.apply_exif = config.text(Key::exif) == "apply";
  if (alpha == "black") { options.pictures.alpha = AlphaRule::over_black; }
  if (alpha == "drop") { options.pictures.alpha = AlphaRule::drop; }
  options.isolation = config.text(Key::isolation) == "none" ? Isolation::none : Isolation::process;
  options.limits = {config.integer(Key::limit_pixels),    config.integer(Key::limit_frames),
                    config.number(Key::limit_media_sec),  config.integer(Key::limit_streams),
                    config.integer(Key::limit_memory_mb), config.number(Key::limit_wall_sec)};
  return options;
}

SampleOptions sample_options(const Config& config)
{
  SampleOptions options;
  options.plan.policy = chosen_policy(config);
  require_effect(config, options.plan.policy);
  const bool has_cap = options.plan.policy != Policy::automatic || config.origin(Key::max_frames_per_clip) != "default";
  options.plan.max_frames = has_cap ? static_cast<int>(config.integer(Key::max_frames_per_clip)) : 0;
  options.plan.motion_threshold = config.number(Key::motion_delta_threshold);
  options.plan.every_s = config.number(Key::every_sec);
  options.plan.count = config.integer(Key::count);
  options.decode = decode_options(config);
  return options;
}

NamedRules named_rules(const Config& config)
{
  const auto is_named = [&](Key key) { return weight_of(config, key) > 0; };
  constexpr std::array k_plan = {Key::policy, Key::every_sec, Key::count, Key::max_frames_per_clip,
                                 Key::motion_delta_threshold};
  return {.plan = std::ranges::any_of(k_plan, is_named), .exif = is_named(Key::exif), .alpha = is_named(Key::alpha)};
}

EncoderOptions encoder_options(const Config& config)
{
  for_option(setting(Key::device).option, [&] { require_device_name(config.text(Key::device)); });
  EncoderOptions options{config.text(Key::device), config.text(Key::precision), threads_of(config, Key::encode_threads),
                         static_cast<int>(config.integer(Key::batch))};
  // Before anything is opened, what this processor lacks is reported.
  for_option(setting(Key::precision).option, [&] { return known_precision(options); });
  return options;
}

double match_threshold(const Config& config, const ModelDescription& model)
{
  return threshold_in_force(config, model).value;
}

}  // namespace vidcv
