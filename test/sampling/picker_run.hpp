#pragma once

#include <vidcv/sampling/frame_picker.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace vidcv::testing {

/// Every frame is sharp and like no other.
inline PickerHooks sharp_frames()
{
  return {[](std::int64_t) { return FrameStats{.sharpness = 1, .exposure = 1}; }};
}

struct PickerRun {
  std::vector<std::int64_t> numbers;  ///< chosen, in the order in which they were given
  std::vector<std::string> missing;
  std::size_t most_held = 0;
};

/// When a clip of these frames ends whose last one stays as long as the one before it.
inline double end_of(const std::vector<double>& times_s)
{
  const std::size_t count = times_s.size();
  if (count < 2) { return 0; }
  return 2 * times_s[count - 1] - times_s[count - 2];
}

/// Offers frames at these times, those within the stretch of the plan, as a clip does: a frame that is not held once
/// the decided ones were given is gone for good.
/// @param clip_end_s  when the last frame leaves the screen; nothing: end_of()
/// @param keyframes   which of the frames are; nothing: all
inline PickerRun run_picker(const SamplingPlan& plan, const ClipTiming& claims, const std::vector<double>& times_s,
                            FrameKind kind, std::optional<double> clip_end_s = std::nullopt,
                            const std::optional<std::set<std::int64_t>>& keyframes = std::nullopt)
{
  const auto picker = make_picker(plan, claims, sharp_frames());
  PickerRun run;
  std::set<std::int64_t> held;
  const auto give = [&](const std::vector<Pick>& picks) {
    for (const Pick& pick : picks) {
      CHECK(held.contains(pick.frame.number));
      CHECK(pick.kind == kind);
      run.numbers.push_back(pick.frame.number);
    }
  };
  for (std::size_t i = 0; i < times_s.size(); ++i) {
    if (times_s[i] < plan.stretch.start_s || times_s[i] >= plan.stretch.end_s) { continue; }
    held.insert(static_cast<std::int64_t>(i));
    const auto number = static_cast<std::int64_t>(i);
    picker->offer({number, times_s[i], std::nullopt, !keyframes || keyframes->contains(number)});
    give(picker->decided());
    std::erase_if(held, [&](std::int64_t one) { return !picker->holds(one); });
    run.most_held = std::max(run.most_held, held.size());
  }
  give(picker->finish(std::min(clip_end_s.value_or(end_of(times_s)), plan.stretch.end_s)));
  run.missing = picker->missing();
  return run;
}

}  // namespace vidcv::testing
