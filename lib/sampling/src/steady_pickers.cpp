#include "pickers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace vidcv {
namespace {

/// The frame on the screen at the start of the stretch and every `every_s` seconds after it, as long as frames last.
class EveryPicker : public FramePicker {
 public:
  EveryPicker(const SamplingPlan& plan, const ClipTiming& claims) : m_plan(plan), m_claims(claims) {}

  void offer(const FrameFacts& frame) override
  {
    while (m_previous && !not_after(frame.timestamp_s, next_time_s(), m_claims)) { take(*m_previous); }
    m_previous = frame;
  }

  bool holds(std::int64_t number) const override { return m_previous && m_previous->number == number; }
  std::vector<Pick> decided() override { return std::exchange(m_picks, {}); }

  std::vector<Pick> finish(double end_s) override
  {
    const double time_s = next_time_s();
    const auto is_on = [&](const FrameFacts& frame) {  // a frame of no known length is on the screen at its own time
      return not_after(time_s, frame.timestamp_s, m_claims) || !not_after(end_s, time_s, m_claims);
    };
    if (m_previous && is_on(*m_previous)) { take(*m_previous); }
    return decided();
  }

 private:
  double next_time_s() const { return m_plan.stretch.start_s + static_cast<double>(m_next) * m_plan.every_s; }

  /// A frame that stays on for several steps is taken once.
  void take(const FrameFacts& frame)
  {
    const double time_s = next_time_s();
    ++m_next;
    if (std::exchange(m_last_taken, frame.number) == frame.number) { return; }
    m_picks.push_back({frame, FrameKind::every, fmt::format("on the screen at {:.3f} s", time_s)});
  }

  SamplingPlan m_plan;
  ClipTiming m_claims;
  std::int64_t m_next = 0;
  std::int64_t m_last_taken = -1;
  std::optional<FrameFacts> m_previous;
  std::vector<Pick> m_picks;
};

/// Every keyframe. Where an edit list hides the only one, the first frame stands for the clip.
class KeyframePicker : public FramePicker {
 public:
  explicit KeyframePicker(bool whole_clip) : m_may_stand_in(whole_clip) {}

  void offer(const FrameFacts& frame) override
  {
    if (!m_first && m_may_stand_in) { m_first = frame; }
    if (!frame.is_keyframe) { return; }
    m_may_stand_in = false;
    m_first.reset();
    m_picks.push_back({frame, FrameKind::keyframe, "a keyframe"});
  }
  bool holds(std::int64_t number) const override { return m_first && m_first->number == number; }
  std::vector<Pick> decided() override { return std::exchange(m_picks, {}); }
  std::vector<Pick> finish(double /*end_s*/) override
  {
    if (m_first) { m_picks.push_back({*m_first, FrameKind::keyframe, "the first frame; the clip shows no keyframe"}); }
    return decided();
  }

 private:
  bool m_may_stand_in;
  std::optional<FrameFacts> m_first;
  std::vector<Pick> m_picks;
};

}  // namespace

std::vector<double> evenly_spread(const SamplingPlan& plan, const ClipTiming& claims)
{
  const std::vector<double>& frames_s = claims.frame_times_s;
  if (frames_s.empty()) { return {0}; }
  const double end_s = std::min(plan.stretch.end_s, claims.end_s);
  const double part_s = std::max(0.0, end_s - plan.stretch.start_s) / static_cast<double>(plan.count);
  std::vector<double> times;
  for (std::int64_t i = 0; i < plan.count; ++i) {
    times.push_back(std::min(plan.stretch.start_s + (static_cast<double>(i) + 0.5) * part_s, frames_s.back()));
  }
  return times;
}

std::unique_ptr<FramePicker> make_every_picker(const SamplingPlan& plan, const ClipTiming& claims)
{
  return std::make_unique<EveryPicker>(plan, claims);
}

std::unique_ptr<FramePicker> make_keyframe_picker(const SamplingPlan& plan)
{
  return std::make_unique<KeyframePicker>(plan.stretch == Stretch());
}

}  // namespace vidcv
