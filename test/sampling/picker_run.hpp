#pragma once

#include <vidcv/sampling/frame_picker.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace vidcv::testing {

/// Every frame is sharp and like no other.
inline PickerHooks sharp_frames()
{
  return {[](std::int64_t) { return Look{.sharpness = 1, .exposure = 1}; }};
}

struct PickerRun {
  std::vector<std::int64_t> numbers;  ///< chosen, in the order in which they were given
  std::vector<std::string> missing;
  std::size_t most_held = 0;
};

/// Offers frames at these times, those within the stretch of the plan, as a clip does: a frame that is not held once
/// the decided ones were given is gone for good.
inline PickerRun run_picker(const SamplingPlan& plan, const ClipClaims& claims, const std::vector<double>& times_s,
                            FrameKind kind)
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
    picker->offer({static_cast<std::int64_t>(i), times_s[i], std::nullopt});
    give(picker->decided());
    std::erase_if(held, [&](std::int64_t one) { return !picker->holds(one); });
    run.most_held = std::max(run.most_held, held.size());
  }
  give(picker->finish());
  run.missing = picker->missing();
  return run;
}

}  // namespace vidcv::testing
