#include "pickers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace vidcv {
namespace {

/// Frames by ordinal, or by a time: the frame that is on the screen then.
class RequestedPicker : public FramePicker {
 public:
  RequestedPicker(const SamplingPlan& plan, const ClipClaims& claims, FrameKind kind)
      : m_claims(claims), m_kind(kind), m_numbers(plan.frames.begin(), plan.frames.end()), m_times(plan.times)
  {
    std::ranges::sort(m_times);
  }

  void offer(const FrameFacts& frame) override
  {
    while (m_previous && m_next_time < m_times.size() &&
           !not_after(frame.timestamp_s, m_times[m_next_time], m_claims)) {
      take_at_time(*m_previous);
    }
    if (m_previous) { m_last_gap_s = frame.timestamp_s - m_previous->timestamp_s; }
    if (m_numbers.erase(frame.number) > 0) { take(frame, "asked for by its number"); }
    m_previous = frame;
  }

  bool holds(std::int64_t number) const override { return m_previous && m_previous->number == number; }

  std::vector<Pick> decided() override { return std::exchange(m_picks, {}); }

  std::vector<Pick> finish() override
  {
    // The last frame stays on the screen as long as the one before it did. Times spread by us are not asked for.
    const double end_s = m_previous ? m_previous->timestamp_s + m_last_gap_s : 0;
    const bool take_all = m_kind == FrameKind::count;
    while (m_previous && m_next_time < m_times.size() &&
           (take_all || not_after(m_times[m_next_time], end_s, m_claims))) {
      take_at_time(*m_previous);
    }
    return decided();
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
  /// Frames are taken in their order: one by its number as it comes, one by a time when the next one comes.
  void take(const FrameFacts& frame, const std::string& why)
  {
    if (std::exchange(m_last_taken, frame.number) != frame.number) { m_picks.push_back({frame, m_kind, why}); }
  }

  void take_at_time(const FrameFacts& frame)
  {
    take(frame, fmt::format("on the screen at {:.3f} s", m_times[m_next_time++]));
  }

  ClipClaims m_claims;
  FrameKind m_kind;
  std::set<std::int64_t> m_numbers;  // still wanted
  std::vector<double> m_times;       // ascending; still wanted from m_next_time on
  std::size_t m_next_time = 0;
  std::vector<Pick> m_picks;
  std::optional<FrameFacts> m_previous;
  std::int64_t m_last_taken = -1;
  double m_last_gap_s = 0;
};

}  // namespace

std::unique_ptr<FramePicker> make_requested_picker(const SamplingPlan& plan, const ClipClaims& claims, FrameKind kind)
{
  return std::make_unique<RequestedPicker>(plan, claims, kind);
}

}  // namespace vidcv
