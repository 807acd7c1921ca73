#pragma once

#include <vidcv/sampling/frame_picker.hpp>

#include <array>

namespace vidcv {

/// Base frames: these times, and the last frame.
inline constexpr std::array<double, 4> k_base_times_s = {0, 2, 4, 6};

std::unique_ptr<FramePicker> make_budget_picker(const SamplingPlan& plan, const ClipClaims& claims);
std::unique_ptr<FramePicker> make_reference_picker(const SamplingPlan& plan, const ClipClaims& claims);
std::unique_ptr<FramePicker> make_requested_picker(const SamplingPlan& plan, const ClipClaims& claims);

/// Whether a frame at `timestamp_s` is not after `time_s`, half a tick of the clip's clock allowed.
inline bool not_after(double timestamp_s, double time_s, const ClipClaims& claims)
{
  return timestamp_s <= time_s + claims.tick_s / 2;
}

}  // namespace vidcv
