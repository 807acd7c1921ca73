#include <vidcv/pipeline/run_settings.hpp>

#include <vidcv/clip/model_places.hpp>
#include <vidcv/core/error.hpp>

#include <fmt/format.h>

#include <string_view>

namespace vidcv {

namespace {

/// An option that the policy has no use for was meant for another one.
void require_policy(const Config& config, Key key, Policy policy, std::string_view word)
{
  const std::string_view option = setting(key).option;
  if (config.origin(key) != option || parse_policy(config.text(Key::policy)) == policy) { return; }
  throw UsageError(option, "", fmt::format("goes with --policy {}", word));
}

}  // namespace

DecodeOptions decode_options(const Config& config)
{
  DecodeOptions options;
  options.threads = static_cast<int>(config.integer(Key::threads));
  const std::string& alpha = config.text(Key::alpha);
  options.pictures.apply_exif = config.text(Key::exif) == "apply";
  if (alpha == "black") { options.pictures.alpha = AlphaRule::over_black; }
  if (alpha == "drop") { options.pictures.alpha = AlphaRule::drop; }
  options.limits = {config.integer(Key::limit_pixels),    config.integer(Key::limit_frames),
                    config.number(Key::limit_media_sec),  config.integer(Key::limit_streams),
                    config.integer(Key::limit_memory_mb), config.number(Key::limit_wall_sec)};
  return options;
}

SampleOptions sample_options(const Config& config)
{
  require_policy(config, Key::every_sec, Policy::every, "every");
  require_policy(config, Key::count, Policy::count, "count");
  SampleOptions options;
  options.plan.policy = parse_policy(config.text(Key::policy));
  options.plan.max_frames = static_cast<int>(config.integer(Key::max_frames_per_clip));
  options.plan.motion_threshold = config.number(Key::motion_delta_threshold);
  options.plan.every_s = config.number(Key::every_sec);
  options.plan.count = config.integer(Key::count);
  options.decode = decode_options(config);
  return options;
}

EncoderOptions encoder_options(const Config& config)
{
  require_device_name(config.text(Key::device));
  EncoderOptions options{config.text(Key::device), config.text(Key::precision),
                         static_cast<int>(config.integer(Key::threads)), static_cast<int>(config.integer(Key::batch))};
  known_precision(options);  // says what this processor has not before anything is opened
  return options;
}

std::filesystem::path model_file(const Config& config)
{
  const std::string& file = config.text(Key::model);
  if (file.empty()) {
    throw UsageError("--model", "",
                     "no model is named: use --model, VIDCV_MODEL or [encoder] model in your configuration; "
                     "vidcv model import makes one");
  }
  return find_model(file);
}

double match_threshold(const Config& config, const ModelDescription& model)
{
  const bool set = config.origin(Key::clip_similarity_threshold) != "default";
  return set ? config.number(Key::clip_similarity_threshold) : model.match_threshold;
}

}  // namespace vidcv
