#include "pickers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vidcv {
namespace {

/// The Python service's choice: base frames by the container's claims and motion frames, sorted, the earliest
/// max_frames of them. It loses the end of busy clips, and picks that do not decode are dropped after the cut.
class ReferencePicker : public FramePicker {
 public:
  ReferencePicker(const SamplingPlan& plan, const ClipTiming& claims) : m_plan(plan)
  {
    const std::int64_t last = claims.frames - 1;
    m_bases = {last};
    for (const double time_s : k_base_times_s) {
      m_bases.insert(std::clamp(static_cast<std::int64_t>(time_s * claims.rate), std::int64_t{0}, last));
    }
  }

  void offer(const FrameFacts& frame) override
  {
    const bool moves = frame.motion_ratio && *frame.motion_ratio > m_plan.motion_threshold;
    const bool has_room = m_motion_frames < m_plan.max_frames;
    if (m_bases.contains(frame.number)) {
      m_held.push_back({frame, FrameKind::base, "a base frame by the container's claims"});
    } else if (moves && has_room) {
      m_held.push_back({frame, FrameKind::motion, fmt::format("{:.4f} of the pixels changed", *frame.motion_ratio)});
      ++m_motion_frames;
    }
  }

  bool holds(std::int64_t number) const override
  {
    return std::ranges::any_of(m_held, [number](const Pick& pick) { return pick.frame.number == number; });
  }

  std::vector<Pick> finish(double /*end_s*/) override
  {
    std::set<std::int64_t> wanted = m_bases;
    for (const Pick& pick : m_held) { wanted.insert(pick.frame.number); }
    const auto cut = std::min(wanted.size(), static_cast<std::size_t>(m_plan.max_frames));
    wanted.erase(std::next(wanted.begin(), static_cast<std::ptrdiff_t>(cut)), wanted.end());
    std::erase_if(m_held, [&](const Pick& pick) { return !wanted.contains(pick.frame.number); });
    return m_held;
  }

 private:
  SamplingPlan m_plan;
  std::set<std::int64_t> m_bases;
  std::vector<Pick> m_held;  // in presentation order
  int m_motion_frames = 0;
};

}  // namespace

std::unique_ptr<FramePicker> make_reference_picker(const SamplingPlan& plan, const ClipTiming& claims)
{
  return std::make_unique<ReferencePicker>(plan, claims);
}

}  // namespace vidcv
