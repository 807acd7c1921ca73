#include <vidcv/pipeline/plan_memory.hpp>

#include <vidcv/core/error.hpp>
#include <vidcv/core/text.hpp>

#include <string_view>
#include <vector>

namespace vidcv {
namespace {

/// What follows `key` in a word that begins with it.
std::optional<std::string> value_of(const std::string& word, std::string_view key)
{
  if (!word.starts_with(key)) { return std::nullopt; }
  return word.substr(key.size());
}

std::optional<Policy> policy_of(const std::string& word)
{
  try {
    return parse_policy(word);
  } catch (const UsageError&) {
    return std::nullopt;
  }
}

void take_word(const std::string& word, SampleOptions& options)
{
  SamplingPlan& plan = options.plan;
  PictureRules& pictures = options.decode.pictures;
  if (const auto frames = value_of(word, "max_frames=")) {
    plan.max_frames = static_cast<int>(parse_integer(*frames).value_or(0));
  } else if (const auto motion = value_of(word, "motion>")) {
    plan.motion_threshold = parse_double(*motion).value_or(-1);
  } else if (const auto alpha = value_of(word, "alpha=")) {
    pictures.alpha = *alpha == "drop" ? AlphaRule::drop : AlphaRule::over_black;
  } else if (word == "exif=ignore") {
    pictures.apply_exif = false;
  } else if (plan.policy == Policy::every) {
    plan.every_s = parse_double(word).value_or(-1);
  } else if (plan.policy == Policy::count) {
    plan.count = parse_integer(word).value_or(0);
  }
}

}  // namespace

std::optional<SampleOptions> parse_plan(const std::string& text)
{
  const std::vector<std::string> words = split(text, ' ');
  const auto policy = words.empty() ? std::nullopt : policy_of(words.front());
  if (!policy) { return std::nullopt; }
  SampleOptions options;
  options.plan.policy = *policy;
  if (*policy == Policy::automatic) { options.plan.max_frames = 0; }
  for (auto word = words.begin() + 1; word != words.end(); ++word) { take_word(*word, options); }
  if (describe(options) != text) { return std::nullopt; }  // a word that was not understood is missing
  return options;
}

PictureRules picture_rules(const std::string& plan, const PictureRules& usual)
{
  const auto options = parse_plan(plan);
  return options ? options->decode.pictures : usual;
}

SampleOptions options_for(const SampleOptions& run, const NamedRules& named, const std::string& before)
{
  const auto then = before.empty() ? std::nullopt : parse_plan(before);
  if (!then) { return run; }
  SampleOptions options = run;
  if (!named.plan) { options.plan = then->plan; }
  if (!named.exif) { options.decode.pictures.apply_exif = then->decode.pictures.apply_exif; }
  if (!named.alpha) { options.decode.pictures.alpha = then->decode.pictures.alpha; }
  return options;
}

}  // namespace vidcv
