#include "motion_candidates.hpp"
#include "pickers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace vidcv {
namespace {

/// When the cap is below five, base frames are kept in this order: first, last, 4 s, 2 s, 6 s. Indices into
/// k_base_times_s; the last frame comes after them.
constexpr std::array<std::size_t, 5> k_base_order = {0, 4, 2, 1, 3};

std::string base_reason(std::size_t index)
{
  if (index == 0) { return "the first frame"; }
  if (index == k_base_times_s.size()) { return "the last frame"; }
  return fmt::format("on the screen {} s after the first", k_base_times_s[index]);
}

/// All base frames, then motion frames by strength and spread. Memory is bounded by 2 * max_frames candidates, five
/// base frames and the newest frame, which may turn out to be a base frame.
class BudgetPicker : public FramePicker {
 public:
  BudgetPicker(const SamplingPlan& plan, const ClipTiming& claims, const PickerHooks& hooks)
      : m_plan(plan), m_claims(claims), m_candidates(plan.motion_threshold, room(), hooks)
  {
  }

  void offer(const FrameFacts& frame) override
  {
    if (!m_previous) { m_bases.push_back(frame); }  // the first, even if another has its time
    // The base frame of a later time is known once a frame after that time comes.
    while (m_previous && m_bases.size() < k_base_times_s.size() &&
           !not_after(frame.timestamp_s, m_plan.stretch.start_s + k_base_times_s[m_bases.size()], m_claims)) {
      m_bases.push_back(*m_previous);
    }
    m_previous = frame;
    m_candidates.consider(frame);
  }

  bool holds(std::int64_t number) const override
  {
    const auto is_it = [number](const FrameFacts& frame) { return frame.number == number; };
    return (m_previous && is_it(*m_previous)) || std::ranges::any_of(m_bases, is_it) || m_candidates.holds(number);
  }

  std::vector<Pick> finish(double /*end_s*/) override
  {
    if (!m_previous) { return {}; }
    return m_candidates.completed(pick_bases());
  }

 private:
  std::size_t room() const { return static_cast<std::size_t>(m_plan.max_frames); }

  std::vector<Pick> pick_bases()
  {
    m_bases.resize(k_base_times_s.size() + 1, *m_previous);  // times beyond the end, and the last frame
    std::vector<Pick> picks;
    for (const std::size_t i : k_base_order) {
      const auto same = [&](const Pick& pick) { return pick.frame.number == m_bases[i].number; };
      if (std::ranges::any_of(picks, same)) { continue; }
      if (picks.size() == room()) {
        m_candidates.reject(m_bases[i], fmt::format("{}, but there is room for {} frames", base_reason(i), room()));
        continue;
      }
      picks.push_back({m_bases[i], FrameKind::base, base_reason(i)});
    }
    return picks;
  }

  SamplingPlan m_plan;
  ClipTiming m_claims;
  MotionCandidates m_candidates;
  std::vector<FrameFacts> m_bases;  // of k_base_times_s, as far as they are known
  std::optional<FrameFacts> m_previous;
};

}  // namespace

std::unique_ptr<FramePicker> make_budget_picker(const SamplingPlan& plan, const ClipTiming& claims,
                                                const PickerHooks& hooks)
{
  return std::make_unique<BudgetPicker>(plan, claims, hooks);
}

}  // namespace vidcv
