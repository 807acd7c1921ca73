#include "motion_candidates.hpp"
#include "pickers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace vidcv {
namespace {

constexpr double k_short_s = 10;  // up to here a clip is sampled as a whole
constexpr double k_step_s = 2;    // between base frames
constexpr int k_steps = 4;        // in a window, which is 8 s
constexpr int k_frames_per_window = 8;

/// What the budget policy chooses in clips of up to 10 s. In longer ones each window of 8 s gets a budget of its own:
/// the frames on the screen every 2 s, and motion frames by the same rule as there. The last frame is kept as well. A
/// window is decided when it ends, so memory does not grow with the clip.
class AutoPicker : public FramePicker {
 public:
  AutoPicker(const SamplingPlan& plan, const ClipTiming& claims, const PickerHooks& hooks)
      : m_plan(plan),
        m_claims(claims),
        m_hooks(hooks),
        m_window(plan.motion_threshold, k_frames_per_window, noting(m_rejected_of_windows))
  {
    SamplingPlan whole = plan;
    if (whole.max_frames == 0) { whole.max_frames = k_frames_per_window; }
    m_whole = make_budget_picker(whole, claims, noting(m_rejected_of_whole));
  }

  void offer(const FrameFacts& frame) override
  {
    if (m_whole) { m_whole->offer(frame); }
    if (!m_previous) { add_base(frame); }
    // The frame on the screen at a time is known once a frame after that time comes.
    while (m_previous && !not_after(frame.timestamp_s, next_base_s(), m_claims)) { add_base(*m_previous); }
    m_previous = frame;
    m_window.consider(frame);
    if (m_whole && !not_after(frame.timestamp_s, m_plan.stretch.start_s + k_short_s, m_claims)) { m_whole.reset(); }
    if (!m_whole) { report(m_rejected_of_windows); }
  }

  bool holds(std::int64_t number) const override
  {
    const auto is_it = [number](const Pick& pick) { return pick.frame.number == number; };
    return (m_previous && m_previous->number == number) || (m_whole && m_whole->holds(number)) ||
           m_window.holds(number) || std::ranges::any_of(m_bases, is_it) || std::ranges::any_of(m_picks, is_it);
  }

  std::vector<Pick> decided() override
  {
    return m_whole || has_cap() ? std::vector<Pick>{} : std::exchange(m_picks, {});
  }

  std::vector<Pick> finish(double end_s) override
  {
    if (m_whole) {
      std::vector<Pick> picks = m_whole->finish(end_s);
      report(m_rejected_of_whole);
      return picks;
    }
    add_pick(*m_previous, "the last frame");
    end_window();
    thin(cap());
    report(m_rejected_of_windows);
    return std::exchange(m_picks, {});
  }

 private:
  /// While it is not known how long the clip is, rejections of both ways to sample it wait.
  PickerHooks noting(std::vector<Rejection>& rejected) const
  {
    PickerHooks hooks{m_hooks.measure_frame};
    if (m_hooks.on_rejected) {
      hooks.on_rejected = [&rejected](const Rejection& rejection) { rejected.push_back(rejection); };
    }
    return hooks;
  }

  void report(std::vector<Rejection>& rejected) const
  {
    for (const Rejection& rejection : std::exchange(rejected, {})) { m_hooks.on_rejected(rejection); }
  }

  bool has_cap() const { return m_plan.max_frames > 0; }
  std::size_t cap() const { return static_cast<std::size_t>(m_plan.max_frames); }
  double next_base_s() const { return m_plan.stretch.start_s + static_cast<double>(m_steps_done) * k_step_s; }

  void add_base(const FrameFacts& frame)
  {
    m_window.forget(frame.number);
    if (m_steps_done % k_steps == 0) { end_window(); }
    const double after_s = static_cast<double>(m_steps_done++) * k_step_s;
    add_pick(frame, after_s == 0 ? "the first frame" : fmt::format("on the screen {} s after the first", after_s));
  }

  /// A frame that stays on the screen for several steps is kept once.
  void add_pick(const FrameFacts& frame, const std::string& why)
  {
    if (m_last_base == frame.number) { return; }
    m_last_base = frame.number;
    m_bases.push_back({frame, FrameKind::base, why});
  }

  void end_window()
  {
    const std::vector<Pick> picks = m_window.completed(std::exchange(m_bases, {}));
    m_picks.insert(m_picks.end(), picks.begin(), picks.end());
    if (has_cap()) { thin(2 * cap()); }
  }

  /// Drops frames until `most` are left (0: no limit): motion frames before base frames, those first that leave the
  /// smallest gap, and of one alone the last.
  void thin(std::size_t most)
  {
    while (most > 0 && m_picks.size() > std::max<std::size_t>(most, 2)) { drop_one(); }
    if (most == 1 && m_picks.size() > 1) { m_picks.pop_back(); }
  }

  void drop_one()
  {
    const auto is_base = [&](std::size_t i) { return m_picks[i].kind == FrameKind::base; };
    const auto gap = [&](std::size_t i) { return m_picks[i + 1].frame.timestamp_s - m_picks[i - 1].frame.timestamp_s; };
    std::size_t goes = 1;
    for (std::size_t i = 2; i + 1 < m_picks.size(); ++i) {
      if (std::pair(is_base(i), gap(i)) < std::pair(is_base(goes), gap(goes))) { goes = i; }
    }
    if (m_hooks.on_rejected) {
      m_rejected_of_windows.push_back(
          {m_picks[goes].frame, fmt::format("there is room for {} frames", m_plan.max_frames)});
    }
    m_picks.erase(m_picks.begin() + static_cast<std::ptrdiff_t>(goes));
  }

  SamplingPlan m_plan;
  ClipTiming m_claims;
  PickerHooks m_hooks;
  std::vector<Rejection> m_rejected_of_whole;
  std::vector<Rejection> m_rejected_of_windows;
  std::unique_ptr<FramePicker> m_whole;  // null once the clip is longer than 10 s
  MotionCandidates m_window;
  std::int64_t m_steps_done = 0;  // base times that are past
  std::int64_t m_last_base = -1;
  std::vector<Pick> m_bases;  // of the window
  std::vector<Pick> m_picks;  // of windows that have ended, in presentation order
  std::optional<FrameFacts> m_previous;
};

}  // namespace

std::unique_ptr<FramePicker> make_auto_picker(const SamplingPlan& plan, const ClipTiming& claims,
                                              const PickerHooks& hooks)
{
  return std::make_unique<AutoPicker>(plan, claims, hooks);
}

}  // namespace vidcv
