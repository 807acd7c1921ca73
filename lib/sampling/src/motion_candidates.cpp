#include "motion_candidates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace vidcv {
namespace {

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

}  // namespace

void MotionCandidates::reject(const FrameFacts& frame, const std::string& why) const
{
  if (m_hooks.on_rejected) { m_hooks.on_rejected({frame, why}); }
}

bool MotionCandidates::holds(std::int64_t number) const
{
  return std::ranges::any_of(m_candidates, [&](const Candidate& one) { return one.facts.number == number; });
}

void MotionCandidates::forget(std::int64_t number)
{
  std::erase_if(m_candidates, [&](const Candidate& one) { return one.facts.number == number; });
}

std::vector<Pick> MotionCandidates::completed(std::vector<Pick> bases)
{
  std::erase_if(m_candidates, [&](const Candidate& candidate) { return repeats_one_of(bases, candidate); });
  while (!m_candidates.empty() && bases.size() + m_candidates.size() > m_room) { drop_one(bases); }
  for (const Candidate& one : m_candidates) {
    const double ratio = one.facts.motion_ratio.value();
    bases.push_back(
        {one.facts, FrameKind::motion, fmt::format("{:.4f} of the pixels changed, above {}", ratio, m_threshold)});
  }
  m_candidates.clear();
  std::ranges::sort(bases, {}, [](const Pick& pick) { return pick.frame.number; });
  return bases;
}

void MotionCandidates::consider(const FrameFacts& frame)
{
  if (!frame.motion_ratio || *frame.motion_ratio <= m_threshold) { return; }
  Candidate candidate{frame, m_hooks.measure_frame(frame.number)};
  if (candidate.stats.blank) { return reject(frame, "blank"); }
  if (candidate.stats.sharpness < k_blurred) { return reject(frame, "blurred"); }
  const auto like = std::ranges::find_if(m_candidates, [&](const Candidate& other) {
    return is_near_duplicate(candidate.stats, other.stats, m_threshold);
  });
  if (like != m_candidates.end()) {
    return reject(frame, fmt::format("a near-duplicate of frame {}", like->facts.number));
  }
  m_candidates.push_back(std::move(candidate));
  if (m_candidates.size() > 2 * m_room) { drop_one({}); }
}

bool MotionCandidates::repeats_one_of(const std::vector<Pick>& picks, const Candidate& candidate) const
{
  for (const Pick& pick : picks) {
    if (pick.frame.number == candidate.facts.number) { return true; }
    if (is_near_duplicate(candidate.stats, m_hooks.measure_frame(pick.frame.number), m_threshold)) {
      reject(candidate.facts, fmt::format("a near-duplicate of base frame {}", pick.frame.number));
      return true;
    }
  }
  return false;
}

/// Of the two frames nearest to each other in time the weaker one is dropped, the later one of a tie, and never a base
/// frame. Among several nearest pairs the first one counts, so the result depends on the frames alone.
void MotionCandidates::drop_one(const std::vector<Pick>& bases)
{
  std::vector<Seat> seats;
  for (const Pick& base : bases) { seats.push_back({base.frame, k_no_candidate}); }
  for (std::size_t i = 0; i < m_candidates.size(); ++i) { seats.push_back({m_candidates[i].facts, i}); }
  std::ranges::sort(seats, {}, [](const Seat& seat) { return seat.facts.number; });
  const auto [goes, stays] = weaker_of_nearest(seats);
  reject(goes.facts, fmt::format("no room for it, and near frame {}", stays.facts.number));
  m_candidates.erase(m_candidates.begin() + static_cast<std::ptrdiff_t>(goes.candidate));
}

}  // namespace vidcv
