#include "pickers.hpp"

#include <vidcv/core/error.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace vidcv {

std::string describe(const SamplingPlan& plan)
{
  switch (plan.policy) {
    case Policy::budget:
      return fmt::format("budget max_frames={} motion>{}", plan.max_frames, plan.motion_threshold);
    case Policy::reference:
      return fmt::format("reference max_frames={} motion>{}", plan.max_frames, plan.motion_threshold);
    case Policy::requested:
      break;
  }
  return fmt::format("requested frames={} times={}", plan.frames, plan.times);
}

Policy parse_policy(std::string_view word)
{
  if (word == "budget") { return Policy::budget; }
  if (word == "reference") { return Policy::reference; }
  throw UsageError("--policy", word, "no policy of that name");
}

std::string_view name_of(FrameKind kind) noexcept
{
  switch (kind) {
    case FrameKind::base:
      return "base";
    case FrameKind::motion:
      return "motion";
    case FrameKind::requested:
      break;
  }
  return "requested";
}

std::unique_ptr<FramePicker> make_picker(const SamplingPlan& plan, const ClipClaims& claims)
{
  switch (plan.policy) {
    case Policy::budget:
      return make_budget_picker(plan, claims);
    case Policy::reference:
      return make_reference_picker(plan, claims);
    case Policy::requested:
      break;
  }
  return make_requested_picker(plan, claims);
}

}  // namespace vidcv
