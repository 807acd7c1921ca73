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
  RequestedPicker(const SamplingPlan& plan, const ClipTiming& claims, FrameKind kind)
      : m_claims(claims), m_kind(kind), m_numbers(plan.frames.begin(), plan.frames.end()), m_times(plan.times)
  {
    std::ranges::sort(m_times);
  }

  void offer(const FrameFacts& frame) override
  {
    if (m_previous) {
      settle([&](double time_s) { return !not_after(frame.timestamp_s, time_s, m_claims); });
    }
    m_previous = frame;
  }

  bool holds(std::int64_t number) const override { return m_previous && m_previous->number == number; }

  std::vector<Pick> decided() override { return std::exchange(m_picks, {}); }

  /// The end of the last frame is a time at which it is on the screen. Times spread by us are not asked for.
  std::vector<Pick> finish(double end_s) override
  {
    const bool take_all = m_kind == FrameKind::count;
    if (m_previous) {
      settle([&](double time_s) { return take_all || not_after(time_s, end_s, m_claims); });
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
  /// Decides on the last frame, once it is known how long it stays: whether `is_on` at a time.
  template <typename IsOn>
  void settle(const IsOn& is_on)
  {
    Pick pick{*m_previous, m_kind};
    while (m_next_time < m_times.size() && is_on(m_times[m_next_time])) {
      pick.times_s.push_back(m_times[m_next_time++]);
    }
    if (m_numbers.erase(m_previous->number) > 0) {
      pick.why = "asked for by its number";
    } else if (!pick.times_s.empty()) {
      pick.why = fmt::format("on the screen at {:.3f} s", pick.times_s.front());
    } else {
      return;
    }
    m_picks.push_back(std::move(pick));
  }

  ClipTiming m_claims;
  FrameKind m_kind;
  std::set<std::int64_t> m_numbers;  // still wanted
  std::vector<double> m_times;       // ascending; still wanted from m_next_time on
  std::size_t m_next_time = 0;
  std::vector<Pick> m_picks;
  std::optional<FrameFacts> m_previous;
};

}  // namespace

std::unique_ptr<FramePicker> make_requested_picker(const SamplingPlan& plan, const ClipTiming& claims, FrameKind kind)
{
  return std::make_unique<RequestedPicker>(plan, claims, kind);
}

}  // namespace vidcv
