#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vidcv {

enum class Policy {
  budget,     ///< all base frames, then motion frames by ratio, spread over time
  reference,  ///< what the Python service keeps: base and motion frames in order, the earliest max_frames of them
  requested,  ///< the frames of `frames` and `times`
};

/// Which frames of a clip are kept.
struct SamplingPlan {
  Policy policy = Policy::budget;
  int max_frames = 8;
  double motion_threshold = 0.15;    ///< share of changed pixels from above which a frame is a motion frame
  std::vector<std::int64_t> frames;  ///< requested: ordinals in presentation order, from 0
  std::vector<double> times;         ///< requested: seconds; the frame that is on the screen then
};

/// The plan in words; equal plans give equal texts.
std::string describe(const SamplingPlan& plan);

/// @throws UsageError for a word that is no policy
Policy parse_policy(std::string_view word);

enum class FrameKind { base, motion, requested };
std::string_view name_of(FrameKind kind) noexcept;

/// A frame as the pickers see it.
struct FrameFacts {
  std::int64_t number = 0;
  double timestamp_s = 0;
  std::optional<double> motion_ratio;  ///< share of pixels changed since the frame before; nothing for the first one
};

struct Pick {
  FrameFacts frame;
  FrameKind kind = FrameKind::base;
};

/// What a container says of its clip, right or wrong; the reference policy believes it.
struct ClipClaims {
  std::int64_t frames = 0;
  double rate = 0;    ///< frames per second
  double tick_s = 0;  ///< the resolution of the clip's timestamps
};

/// Chooses frames of a clip while it is decoded, so that only frames that may still be chosen need to stay in memory.
class FramePicker {
 public:
  virtual ~FramePicker() = default;

  /// The next frame in presentation order.
  virtual void offer(const FrameFacts& frame) = 0;
  /// Whether a frame that was offered may still be chosen.
  virtual bool holds(std::int64_t number) const = 0;
  /// The choice, in presentation order; after the last frame was offered.
  virtual std::vector<Pick> finish() = 0;
  /// After finish(): what was asked for and is not there, in the user's words.
  virtual std::vector<std::string> missing() const { return {}; }
};

std::unique_ptr<FramePicker> make_picker(const SamplingPlan& plan, const ClipClaims& claims);

}  // namespace vidcv
