#pragma once

#include <vidcv/sampling/frame_stats.hpp>

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vidcv {

enum class Policy {
  automatic,  ///< `auto`: as `budget` in clips of up to 10 s; in longer ones base and motion frames of every 8 s
  budget,     ///< all base frames, then motion frames by ratio, spread over time
  reference,  ///< what the Python service keeps: base and motion frames in order, the earliest max_frames of them
  every,      ///< the frame on the screen every `every_s` seconds
  count,      ///< `count` frames: those on the screen in the middle of as many equal stretches
  keyframes,  ///< all keyframes; of a clip that shows none the first frame
  scene,      ///< of each shot the best frame
  requested,  ///< the frames of `frames` and `times`
};

/// The part of a clip that is examined: frames from `start_s` on and before `end_s`, in seconds since the first frame.
struct Stretch {
  double start_s = 0;
  double end_s = std::numeric_limits<double>::infinity();
  bool operator==(const Stretch&) const = default;
};

/// Which frames of a clip are kept.
struct SamplingPlan {
  Policy policy = Policy::budget;
  int max_frames = 8;              ///< automatic: 0 for 8 in each 8 s, however long the clip is
  double motion_threshold = 0.15;  ///< share of changed pixels from above which a frame is a motion frame
  double every_s = 2;
  std::int64_t count = 8;
  Stretch stretch;                   ///< not with `reference` and `requested`
  std::vector<std::int64_t> frames;  ///< requested: ordinals in presentation order, from 0
  std::vector<double> times;         ///< requested: seconds; the frame that is on the screen then
};

/// The plan in words; equal plans give equal texts.
std::string describe(const SamplingPlan& plan);

/// @throws UsageError for a word that is not a policy
Policy parse_policy(std::string_view word);

enum class FrameKind { base, motion, every, count, keyframe, scene, requested };
std::string_view name_of(FrameKind kind) noexcept;

/// A frame as the pickers see it.
struct FrameFacts {
  std::int64_t number = 0;
  double timestamp_s = 0;
  std::optional<double> motion_ratio;  ///< share of pixels changed since the frame before; nothing for the first one
  bool is_keyframe = false;
};

struct Pick {
  FrameFacts frame;
  FrameKind kind = FrameKind::base;
  std::string why = {};              ///< it was kept
  std::optional<Stretch> shot = {};  ///< scene: from the shot's first frame to the next shot's, or to the last frame
  std::vector<double> times_s = {};  ///< requested: those of the asked times at which it is on the screen
};

/// A candidate that was not kept.
struct Rejection {
  FrameFacts frame;
  std::string why;
};

/// What a picker calls.
struct PickerHooks {
  std::function<FrameStats(std::int64_t number)>
      measure_frame;                                       ///< of a frame that the picker holds, or is being offered
  std::function<void(const Rejection&)> on_rejected = {};  ///< may be empty
};

/// The container's claims about its clip, right or wrong; the reference policy believes it.
struct ClipTiming {
  std::int64_t frames = 0;
  double rate = 0;    ///< frames per second
  double tick_s = 0;  ///< the resolution of the clip's timestamps
  /// Times of the clip's frames in presentation order, and when the last one leaves the screen; given where the policy
  /// needs to know the clip beforehand.
  std::vector<double> frame_times_s = {};
  double end_s = 0;
};

/// Whether the policy compares each frame with the one before.
bool needs_motion(Policy policy) noexcept;

/// Chooses frames of a clip while it is decoded, so that only frames that may still be chosen need to stay in memory.
class FramePicker {
 public:
  virtual ~FramePicker() = default;

  /// The next frame in presentation order.
  virtual void offer(const FrameFacts& frame) = 0;
  /// Whether a frame that was offered may still be chosen.
  virtual bool holds(std::int64_t number) const = 0;
  /// What is chosen for certain by now and was not given before, in presentation order. Policies without a bound on the
  /// number of frames decide as they go, so that no picture waits for the end of the clip.
  virtual std::vector<Pick> decided() { return {}; }
  /// The rest of the choice, in presentation order; after the last frame was offered.
  /// @param end_s  when that frame leaves the screen, or the plan's stretch ends
  virtual std::vector<Pick> finish(double end_s) = 0;
  /// After finish(): what was asked for and is not there, in the user's words.
  virtual std::vector<std::string> missing() const { return {}; }
};

std::unique_ptr<FramePicker> make_picker(const SamplingPlan& plan, const ClipTiming& claims, const PickerHooks& hooks);

}  // namespace vidcv
