#include "pickers.hpp"

#include <algorithm>

namespace vidcv {
namespace {

/// When the cap is below five, base frames are kept in this order: first, last, 4 s, 2 s, 6 s. Indices into
/// k_base_times_s; the last frame comes after them.
constexpr std::array<std::size_t, 5> k_base_order = {0, 4, 2, 1, 3};

/// Of the two candidates nearest to each other in time the weaker goes; of equals the later. Among several nearest
/// pairs the first one counts, so the result depends on the frames alone.
void drop_one(std::vector<FrameFacts>& candidates)
{
  std::size_t nearest = 1;
  for (std::size_t i = 2; i < candidates.size(); ++i) {
    const auto gap = [&](std::size_t k) { return candidates[k].timestamp_s - candidates[k - 1].timestamp_s; };
    if (gap(i) < gap(nearest)) { nearest = i; }
  }
  const bool first_is_weaker = candidates[nearest - 1].motion_ratio < candidates[nearest].motion_ratio;
  candidates.erase(candidates.begin() + static_cast<std::ptrdiff_t>(first_is_weaker ? nearest - 1 : nearest));
}

/// All base frames, then motion frames by strength and spread. Memory is bounded by 2 * max_frames candidates, five
/// base frames and the newest frame, which may turn out to be a base frame.
class BudgetPicker : public FramePicker {
 public:
  BudgetPicker(const SamplingPlan& plan, const ClipClaims& claims) : m_plan(plan), m_claims(claims) {}

  void offer(const FrameFacts& frame) override
  {
    if (!m_previous) { m_bases.push_back(frame); }  // the first, even if another has its time
    // The base frame of a later time is known once a frame after that time comes.
    while (m_previous && m_bases.size() < k_base_times_s.size() &&
           !not_after(frame.timestamp_s, m_plan.stretch.start_s + k_base_times_s[m_bases.size()], m_claims)) {
      m_bases.push_back(*m_previous);
    }
    m_previous = frame;
    if (frame.motion_ratio && *frame.motion_ratio > m_plan.motion_threshold) { m_candidates.push_back(frame); }
    if (m_candidates.size() > 2 * static_cast<std::size_t>(m_plan.max_frames)) { drop_one(m_candidates); }
  }

  bool holds(std::int64_t number) const override
  {
    const auto is_it = [number](const FrameFacts& frame) { return frame.number == number; };
    return (m_previous && is_it(*m_previous)) || std::ranges::any_of(m_bases, is_it) ||
           std::ranges::any_of(m_candidates, is_it);
  }

  std::vector<Pick> finish() override
  {
    if (!m_previous) { return {}; }
    m_bases.resize(k_base_times_s.size() + 1, *m_previous);  // times beyond the end, and the last frame
    const auto budget = static_cast<std::size_t>(m_plan.max_frames);
    std::vector<Pick> picks;
    const auto is_picked = [&](const FrameFacts& frame) {
      return std::ranges::any_of(picks, [&](const Pick& pick) { return pick.frame.number == frame.number; });
    };
    for (const std::size_t i : k_base_order) {
      if (picks.size() < budget && !is_picked(m_bases[i])) { picks.push_back({m_bases[i], FrameKind::base}); }
    }
    std::erase_if(m_candidates, is_picked);
    while (picks.size() + m_candidates.size() > budget) { drop_one_or_last(); }
    for (const FrameFacts& frame : m_candidates) { picks.push_back({frame, FrameKind::motion}); }
    std::ranges::sort(picks, {}, [](const Pick& pick) { return pick.frame.number; });
    return picks;
  }

 private:
  void drop_one_or_last()
  {
    if (m_candidates.size() > 1) {
      drop_one(m_candidates);
    } else {
      m_candidates.clear();
    }
  }

  SamplingPlan m_plan;
  ClipClaims m_claims;
  std::vector<FrameFacts> m_bases;       // of k_base_times_s, as far as they are known
  std::vector<FrameFacts> m_candidates;  // motion frames, in presentation order
  std::optional<FrameFacts> m_previous;
};

}  // namespace

std::unique_ptr<FramePicker> make_budget_picker(const SamplingPlan& plan, const ClipClaims& claims)
{
  return std::make_unique<BudgetPicker>(plan, claims);
}

}  // namespace vidcv
