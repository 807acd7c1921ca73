#include "pickers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace vidcv {
namespace {

/// The frame on the screen at the start of the stretch and every `every_s` seconds after it, as long as frames last.
class EveryPicker : public FramePicker {
 public:
  EveryPicker(const SamplingPlan& plan, const ClipClaims& claims) : m_plan(plan), m_claims(claims) {}

  void offer(const FrameFacts& frame) override
  {
    while (m_previous && !not_after(frame.timestamp_s, next_time_s(), m_claims)) { take(*m_previous); }
    m_previous = frame;
  }

  bool holds(std::int64_t number) const override { return m_previous && m_previous->number == number; }
  std::vector<Pick> decided() override { return std::exchange(m_picks, {}); }

  std::vector<Pick> finish() override
  {
    if (m_previous && not_after(next_time_s(), m_previous->timestamp_s, m_claims)) { take(*m_previous); }
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
  ClipClaims m_claims;
  std::int64_t m_next = 0;
  std::int64_t m_last_taken = -1;
  std::optional<FrameFacts> m_previous;
  std::vector<Pick> m_picks;
};

/// Every frame that comes: the decoder lets keyframes through and no others.
class KeyframePicker : public FramePicker {
 public:
  void offer(const FrameFacts& frame) override { m_picks.push_back({frame, FrameKind::keyframe, "a keyframe"}); }
  bool holds(std::int64_t) const override { return false; }
  std::vector<Pick> decided() override { return std::exchange(m_picks, {}); }
  std::vector<Pick> finish() override { return decided(); }

 private:
  std::vector<Pick> m_picks;
};

}  // namespace

std::vector<double> evenly_spread(const SamplingPlan& plan, const std::vector<double>& packet_times_s)
{
  if (packet_times_s.empty()) { return {0}; }
  const double last_s = packet_times_s.back();
  const auto gaps = static_cast<double>(packet_times_s.size() - 1);
  const double end_s = std::min(plan.stretch.end_s, gaps > 0 ? last_s + last_s / gaps : last_s);
  const double part_s = std::max(0.0, end_s - plan.stretch.start_s) / static_cast<double>(plan.count);
  std::vector<double> times;
  for (std::int64_t i = 0; i < plan.count; ++i) {
    times.push_back(std::min(plan.stretch.start_s + (static_cast<double>(i) + 0.5) * part_s, last_s));
  }
  return times;
}

std::unique_ptr<FramePicker> make_every_picker(const SamplingPlan& plan, const ClipClaims& claims)
{
  return std::make_unique<EveryPicker>(plan, claims);
}

std::unique_ptr<FramePicker> make_keyframe_picker()
{
  return std::make_unique<KeyframePicker>();
}

}  // namespace vidcv
