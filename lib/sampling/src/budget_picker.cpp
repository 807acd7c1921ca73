#include "pickers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace vidcv {
namespace {

/// When the cap is below five, base frames are kept in this order: first, last, 4 s, 2 s, 6 s. Indices into
/// k_base_times_s; the last frame comes after them.
constexpr std::array<std::size_t, 5> k_base_order = {0, 4, 2, 1, 3};

struct Candidate {
  FrameFacts facts;
  FrameStats stats;
};

std::string base_reason(std::size_t index)
{
  if (index == 0) { return "the first frame"; }
  if (index == k_base_times_s.size()) { return "the last frame"; }
  return fmt::format("on the screen {} s after the first", k_base_times_s[index]);
}

constexpr std::size_t k_no_candidate = static_cast<std::size_t>(-1);

/// A frame in its place among all that are kept so far.
struct Seat {
  FrameFacts facts;
  std::size_t candidate = k_no_candidate;  ///< index, unless it is a base frame
};

/// Of the nearest pair that is not two base frames, the one that goes and the one that stays.
/// @param seats  in presentation order, at least one of them a candidate
std::pair<Seat, Seat> weaker_of_nearest(const std::vector<Seat>& seats)
{
  if (seats.size() == 1) { return {seats.front(), seats.front()}; }
  std::size_t nearest = 0;
  const auto gap = [&](std::size_t k) { return seats[k].facts.timestamp_s - seats[k - 1].facts.timestamp_s; };
  for (std::size_t k = 1; k < seats.size(); ++k) {
    const bool has_candidate = seats[k].candidate != k_no_candidate || seats[k - 1].candidate != k_no_candidate;
    if (has_candidate && (nearest == 0 || gap(k) < gap(nearest))) { nearest = k; }
  }
  const Seat& earlier = seats[nearest - 1];
  const Seat& later = seats[nearest];
  const bool earlier_goes =
      earlier.candidate != k_no_candidate &&
      (later.candidate == k_no_candidate || earlier.facts.motion_ratio < later.facts.motion_ratio);
  return earlier_goes ? std::pair(earlier, later) : std::pair(later, earlier);
}

/// All base frames, then motion frames by strength and spread. Memory is bounded by 2 * max_frames candidates, five
/// base frames and the newest frame, which may turn out to be a base frame.
class BudgetPicker : public FramePicker {
 public:
  BudgetPicker(const SamplingPlan& plan, const ClipTiming& claims, PickerHooks hooks)
      : m_plan(plan), m_claims(claims), m_hooks(std::move(hooks))
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
    if (frame.motion_ratio && *frame.motion_ratio > m_plan.motion_threshold) { consider(frame); }
  }

  bool holds(std::int64_t number) const override
  {
    const auto is_it = [number](const FrameFacts& frame) { return frame.number == number; };
    return (m_previous && is_it(*m_previous)) || std::ranges::any_of(m_bases, is_it) ||
           std::ranges::any_of(m_candidates, is_it, &Candidate::facts);
  }

  std::vector<Pick> finish(double /*end_s*/) override
  {
    if (!m_previous) { return {}; }
    std::vector<Pick> picks = pick_bases();
    std::erase_if(m_candidates, [&](const Candidate& candidate) { return repeats_one_of(picks, candidate); });
    while (!m_candidates.empty() && picks.size() + m_candidates.size() > room()) { drop_one(picks); }
    for (const Candidate& one : m_candidates) {
      const double ratio = one.facts.motion_ratio.value();
      picks.push_back({one.facts, FrameKind::motion,
                       fmt::format("{:.4f} of the pixels changed, above {}", ratio, m_plan.motion_threshold)});
    }
    std::ranges::sort(picks, {}, [](const Pick& pick) { return pick.frame.number; });
    return picks;
  }

 private:
  std::size_t room() const { return static_cast<std::size_t>(m_plan.max_frames); }

  void reject(const FrameFacts& frame, const std::string& why) const
  {
    if (m_hooks.on_rejected) { m_hooks.on_rejected({frame, why}); }
  }

  void consider(const FrameFacts& frame)
  {
    Candidate candidate{frame, m_hooks.measure_frame(frame.number)};
    if (candidate.stats.blank) { return reject(frame, "blank"); }
    if (candidate.stats.sharpness < k_blurred) { return reject(frame, "blurred"); }
    const auto like = std::ranges::find_if(m_candidates, [&](const Candidate& other) {
      return is_near_duplicate(candidate.stats, other.stats, m_plan.motion_threshold);
    });
    if (like != m_candidates.end()) {
      return reject(frame, fmt::format("a near-duplicate of frame {}", like->facts.number));
    }
    m_candidates.push_back(std::move(candidate));
    if (m_candidates.size() > 2 * room()) { drop_one({}); }
  }

  std::vector<Pick> pick_bases()
  {
    m_bases.resize(k_base_times_s.size() + 1, *m_previous);  // times beyond the end, and the last frame
    std::vector<Pick> picks;
    for (const std::size_t i : k_base_order) {
      const auto same = [&](const Pick& pick) { return pick.frame.number == m_bases[i].number; };
      if (std::ranges::any_of(picks, same)) { continue; }
      if (picks.size() == room()) {
        reject(m_bases[i], fmt::format("{}, but there is room for {} frames", base_reason(i), room()));
        continue;
      }
      picks.push_back({m_bases[i], FrameKind::base, base_reason(i)});
    }
    return picks;
  }

  bool repeats_one_of(const std::vector<Pick>& picks, const Candidate& candidate) const
  {
    for (const Pick& pick : picks) {
      if (pick.frame.number == candidate.facts.number) { return true; }
      if (is_near_duplicate(candidate.stats, m_hooks.measure_frame(pick.frame.number), m_plan.motion_threshold)) {
        reject(candidate.facts, fmt::format("a near-duplicate of base frame {}", pick.frame.number));
        return true;
      }
    }
    return false;
  }

  /// Of the two frames nearest to each other in time the weaker goes; of equals the later, and never a base frame.
  /// Among several nearest pairs the first one counts, so the result depends on the frames alone.
  void drop_one(const std::vector<Pick>& bases)
  {
    std::vector<Seat> seats;
    for (const Pick& base : bases) { seats.push_back({base.frame, k_no_candidate}); }
    for (std::size_t i = 0; i < m_candidates.size(); ++i) { seats.push_back({m_candidates[i].facts, i}); }
    std::ranges::sort(seats, {}, [](const Seat& seat) { return seat.facts.number; });
    const auto [goes, stays] = weaker_of_nearest(seats);
    reject(goes.facts, fmt::format("no room for it, and near frame {}", stays.facts.number));
    m_candidates.erase(m_candidates.begin() + static_cast<std::ptrdiff_t>(goes.candidate));
  }

  SamplingPlan m_plan;
  ClipTiming m_claims;
  PickerHooks m_hooks;
  std::vector<FrameFacts> m_bases;      // of k_base_times_s, as far as they are known
  std::vector<Candidate> m_candidates;  // motion frames, in presentation order
  std::optional<FrameFacts> m_previous;
};

}  // namespace

std::unique_ptr<FramePicker> make_budget_picker(const SamplingPlan& plan, const ClipTiming& claims,
                                                const PickerHooks& hooks)
{
  return std::make_unique<BudgetPicker>(plan, claims, hooks);
}

}  // namespace vidcv
