#include <vidcv/pipeline/sample_clip.hpp>

#include "sample/clip_pass.hpp"

#include <vidcv/core/error.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

namespace vidcv {

std::string describe(const SampleOptions& options)
{
  std::string words = describe(options.plan);
  const PictureRules& pictures = options.decode.pictures;
  if (!pictures.apply_exif) { words += " exif=ignore"; }
  if (pictures.alpha == AlphaRule::over_black) { words += " alpha=black"; }
  if (pictures.alpha == AlphaRule::drop) { words += " alpha=drop"; }
  return words;
}

namespace {

std::vector<std::string> damage_of(const SampledClip& clip)
{
  std::vector<std::string> lines;
  if (clip.frames_damaged > 0) {
    lines.push_back(fmt::format("{} frames or packets are damaged", clip.frames_damaged));
  }
  if (clip.is_truncated) { lines.emplace_back("the file is cut off"); }
  return lines;
}

}  // namespace

std::vector<std::string> warnings_of(const SampledClip& clip)
{
  std::vector<std::string> lines = damage_of(clip);
  if (clip.clock_restarts > 0) {
    const char* noun = clip.clock_restarts == 1 ? "place" : "places";
    lines.push_back(fmt::format("its clock starts again at {} {}; the times go on there", clip.clock_restarts, noun));
  }
  return lines;
}

SampleOptions first_frame_options(const DecodeOptions& decode)
{
  SampleOptions options;
  options.decode = decode;
  options.plan.policy = Policy::requested;
  options.plan.frames = {0};
  options.decode.threads = 1;
  return options;
}

SampleOptions frames_options(const std::vector<std::int64_t>& numbers, const DecodeOptions& decode,
                             const std::function<void(const Frame&)>& take)
{
  SampleOptions options;
  options.decode = decode;
  options.plan.policy = Policy::requested;
  options.plan.frames = numbers;
  options.on_choice = [take](std::size_t, const SampledFrame& frame) { take(frame.picture.value()); };
  return options;
}

namespace {

/// Passes over the file until one counts.
SampledClip run_passes(const std::filesystem::path& file, const SampleOptions& options)
{
  PassRules rules;
  for (int decodes = 1;; ++decodes) {
    auto [clip, more] = pass_over(file, options, rules);
    clip.decodes = decodes;
    if (!more) { return std::move(clip); }
    rules = std::move(*more);
  }
}

}  // namespace

SampledClip sample_clip(const std::filesystem::path& file, const SampleOptions& options)
{
  try {
    SampledClip clip = run_passes(file, options);
    if (options.strict && clip.frames_damaged > 0) {
      throw MediaError(file.native(), "decode", fmt::format("{}", fmt::join(damage_of(clip), "; ")));
    }
    return clip;
  } catch (const MediaError& error) {  // of single pictures, which cannot name the file
    if (!error.thing().empty()) { throw; }
    throw MediaError(file.native(), error.action(), error.cause());
  }
}

}  // namespace vidcv
