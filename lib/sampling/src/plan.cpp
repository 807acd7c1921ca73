#include "pickers.hpp"

#include <vidcv/core/error.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

namespace vidcv {
namespace {

constexpr std::array<std::pair<std::string_view, Policy>, 7> k_policy_words = {{
    {"auto", Policy::automatic},
    {"budget", Policy::budget},
    {"reference", Policy::reference},
    {"every", Policy::every},
    {"count", Policy::count},
    {"keyframes", Policy::keyframes},
    {"scene", Policy::scene},
}};

std::string describe_policy(const SamplingPlan& plan)
{
  switch (plan.policy) {
    case Policy::automatic:
      return plan.max_frames == 0 ? fmt::format("auto motion>{}", plan.motion_threshold)
                                  : fmt::format("auto max_frames={} motion>{}", plan.max_frames, plan.motion_threshold);
    case Policy::budget:
      return fmt::format("budget max_frames={} motion>{}", plan.max_frames, plan.motion_threshold);
    case Policy::reference:
      return fmt::format("reference max_frames={} motion>{}", plan.max_frames, plan.motion_threshold);
    case Policy::every:
      return fmt::format("every {}", plan.every_s);
    case Policy::count:
      return fmt::format("count {}", plan.count);
    case Policy::keyframes:
      return "keyframes";
    case Policy::scene:
      return "scene";
    case Policy::requested:
      break;
  }
  return fmt::format("requested frames={} times={}", plan.frames, plan.times);
}

}  // namespace

std::string describe(const SamplingPlan& plan)
{
  std::string policy = describe_policy(plan);
  if (plan.stretch == Stretch()) { return policy; }
  return fmt::format("{} from={} to={}", policy, plan.stretch.start_s, plan.stretch.end_s);
}

Policy parse_policy(std::string_view word)
{
  const auto found = std::ranges::find(k_policy_words, word, [](const auto& entry) { return entry.first; });
  if (found == k_policy_words.end()) { throw UsageError("", word, "no policy of that name"); }
  return found->second;
}

bool needs_motion(Policy policy) noexcept
{
  return policy == Policy::automatic || policy == Policy::budget || policy == Policy::reference ||
         policy == Policy::scene;
}

std::string_view name_of(FrameKind kind) noexcept
{
  switch (kind) {
    case FrameKind::base:
      return "base";
    case FrameKind::motion:
      return "motion";
    case FrameKind::every:
      return "every";
    case FrameKind::count:
      return "count";
    case FrameKind::keyframe:
      return "keyframe";
    case FrameKind::scene:
      return "scene";
    case FrameKind::requested:
      break;
  }
  return "requested";
}

std::unique_ptr<FramePicker> make_picker(const SamplingPlan& plan, const ClipTiming& claims, const PickerHooks& hooks)
{
  switch (plan.policy) {
    case Policy::automatic:
      return make_auto_picker(plan, claims, hooks);
    case Policy::budget:
      return make_budget_picker(plan, claims, hooks);
    case Policy::reference:
      return make_reference_picker(plan, claims);
    case Policy::every:
      return make_every_picker(plan, claims);
    case Policy::count: {
      SamplingPlan at_times = plan;
      at_times.times = evenly_spread(plan, claims);
      return make_requested_picker(at_times, claims, FrameKind::count);
    }
    case Policy::keyframes:
      return make_keyframe_picker(plan);
    case Policy::scene:
      return make_scene_picker(hooks);
    case Policy::requested:
      break;
  }
  return make_requested_picker(plan, claims);
}

}  // namespace vidcv
