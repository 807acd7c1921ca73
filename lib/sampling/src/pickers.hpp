#pragma once

#include <vidcv/sampling/frame_picker.hpp>

#include <array>

namespace vidcv {

/// Base frames: these times, and the last frame.
inline constexpr std::array<double, 4> k_base_times_s = {0, 2, 4, 6};

std::unique_ptr<FramePicker> make_budget_picker(const SamplingPlan& plan, const ClipTiming& claims,
                                                const PickerHooks& hooks);
std::unique_ptr<FramePicker> make_auto_picker(const SamplingPlan& plan, const ClipTiming& claims,
                                              const PickerHooks& hooks);
std::unique_ptr<FramePicker> make_scene_picker(const PickerHooks& hooks);
std::unique_ptr<FramePicker> make_reference_picker(const SamplingPlan& plan, const ClipTiming& claims);
std::unique_ptr<FramePicker> make_every_picker(const SamplingPlan& plan, const ClipTiming& claims);
std::unique_ptr<FramePicker> make_keyframe_picker(const SamplingPlan& plan);
/// For `requested`, and with the kind `count` for the times of evenly_spread().
std::unique_ptr<FramePicker> make_requested_picker(const SamplingPlan& plan, const ClipTiming& claims,
                                                   FrameKind kind = FrameKind::requested);

/// The middles of plan.count equal parts of the clip's stretch.
std::vector<double> evenly_spread(const SamplingPlan& plan, const ClipTiming& claims);

/// Clocks finer than this round the true times, and half a tick is allowed for that. A coarser one ticks once a frame,
/// and its times are exact.
inline constexpr double k_coarsest_rounding_s = 0.005;

/// Whether a frame at `timestamp_s` is not after `time_s`, as far as the clip's clock can tell.
inline bool not_after(double timestamp_s, double time_s, const ClipTiming& claims)
{
  const double allowed_s = claims.tick_s < k_coarsest_rounding_s ? claims.tick_s / 2 : 1e-9;
  return timestamp_s <= time_s + allowed_s;
}

}  // namespace vidcv
