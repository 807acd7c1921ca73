#include "pickers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vidcv {
namespace {

/// Frames asked for by ordinal, or by a time: the frame that is on the screen then.
class RequestedPicker : public FramePicker {
 public:
  RequestedPicker(const SamplingPlan& plan, const ClipClaims& claims)
      : m_claims(claims), m_numbers(plan.frames.begin(), plan.frames.end()), m_times(plan.times)
  {
    std::ranges::sort(m_times);
  }

  void offer(const FrameFacts& frame) override
  {
    while (m_previous && m_next_time < m_times.size() &&
           !not_after(frame.timestamp_s, m_times[m_next_time], m_claims)) {
      take(*m_previous);
      ++m_next_time;
    }
    if (m_previous) { m_last_gap_s = frame.timestamp_s - m_previous->timestamp_s; }
    if (m_numbers.erase(frame.number) > 0) { take(frame); }
    m_previous = frame;
  }

  bool holds(std::int64_t number) const override
  {
    return (m_previous && m_previous->number == number) ||
           std::ranges::any_of(m_picks, [number](const Pick& pick) { return pick.frame.number == number; });
  }

  std::vector<Pick> finish() override
  {
    // The last frame stays on the screen as long as the one before it did.
    const double end_s = m_previous ? m_previous->timestamp_s + m_last_gap_s : 0;
    while (m_previous && m_next_time < m_times.size() && not_after(m_times[m_next_time], end_s, m_claims)) {
      take(*m_previous);
      ++m_next_time;
    }
    std::ranges::sort(m_picks, {}, [](const Pick& pick) { return pick.frame.number; });
    return m_picks;
  }

  std::vector<std::string> missing() const override
  {
    std::vector<std::string> names;
    for (const std::int64_t number : m_numbers) { names.push_back(fmt::format("no frame {}", number)); }
    for (std::size_t i = m_next_time; i < m_times.size(); ++i) {
      names.push_back(fmt::format("no frame at {} s", m_times[i]));
    }
    return names;
  }

 private:
  void take(const FrameFacts& frame)
  {
    const auto is_it = [&](const Pick& pick) { return pick.frame.number == frame.number; };
    if (std::ranges::none_of(m_picks, is_it)) { m_picks.push_back({frame, FrameKind::requested}); }
  }

  ClipClaims m_claims;
  std::set<std::int64_t> m_numbers;  // still wanted
  std::vector<double> m_times;       // ascending; still wanted from m_next_time on
  std::size_t m_next_time = 0;
  std::vector<Pick> m_picks;
  std::optional<FrameFacts> m_previous;
  double m_last_gap_s = 0;
};

}  // namespace

std::unique_ptr<FramePicker> make_requested_picker(const SamplingPlan& plan, const ClipClaims& claims)
{
  return std::make_unique<RequestedPicker>(plan, claims);
}

}  // namespace vidcv
