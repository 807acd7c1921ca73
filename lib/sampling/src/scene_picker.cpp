#include "pickers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <utility>

namespace vidcv {
namespace {

// A frame starts a shot when at least this share of the pixels changed, and half as many again as at any frame this
// near: a cut is one step, motion goes on. On real clips this agrees with content detectors (docs/benchmarks.md).
constexpr double k_cut_ratio = 0.3;
constexpr double k_beyond_neighbours = 1.5;
constexpr std::size_t k_neighbours = 2;
constexpr double k_shortest_shot_s = 0.5;
constexpr double k_probe_step_s = 0.5;

/// Of each shot the frame of the best quality among its first one and one every half second; the earliest of a tie.
/// Frames wait for two more before it is known whether they start a shot.
class ScenePicker : public FramePicker {
 public:
  explicit ScenePicker(PickerHooks hooks) : m_hooks(std::move(hooks)) {}

  void offer(const FrameFacts& frame) override
  {
    m_waiting.push_back(frame);
    if (m_waiting.size() > k_neighbours) { settle(); }
  }

  bool holds(std::int64_t number) const override
  {
    const auto is_it = [number](const FrameFacts& frame) { return frame.number == number; };
    return (m_best && is_it(*m_best)) || std::ranges::any_of(m_waiting, is_it) ||
           std::ranges::any_of(m_picks, is_it, &Pick::frame);
  }

  std::vector<Pick> decided() override { return std::exchange(m_picks, {}); }

  std::vector<Pick> finish(double /*end_s*/) override
  {
    while (!m_waiting.empty()) { settle(); }
    if (m_best) { end_shot(m_last_s); }
    return decided();
  }

 private:
  /// Strength of the step to a frame; where the size changed nothing stayed the same.
  static double step_to(const FrameFacts& frame) { return frame.motion_ratio.value_or(1); }

  bool is_cut(const FrameFacts& frame) const
  {
    const double step = step_to(frame);
    if (step < k_cut_ratio || frame.timestamp_s - m_shot_start_s < k_shortest_shot_s) { return false; }
    const auto is_less = [&](double other) { return step >= other * k_beyond_neighbours; };
    return std::ranges::all_of(m_steps_before, is_less) && std::ranges::all_of(m_waiting, [&](const FrameFacts& other) {
             return other.number == frame.number || is_less(step_to(other));
           });
  }

  /// The frame that has waited longest belongs to this shot or starts the next one.
  void settle()
  {
    const FrameFacts frame = m_waiting.front();
    if (m_best && is_cut(frame)) { end_shot(frame.timestamp_s); }
    if (!m_best) {
      m_shot_start_s = frame.timestamp_s;
      m_next_probe_s = frame.timestamp_s;
    }
    m_waiting.pop_front();
    if (frame.timestamp_s >= m_next_probe_s) { probe(frame); }
    m_last_s = frame.timestamp_s;
    m_steps_before.push_back(frame.motion_ratio.value_or(m_seen_any ? 1 : 0));
    m_seen_any = true;
    if (m_steps_before.size() > k_neighbours) { m_steps_before.pop_front(); }
  }

  void probe(const FrameFacts& frame)
  {
    m_next_probe_s += k_probe_step_s;
    const double quality = quality_of(m_hooks.measure_frame(frame.number));
    if (m_best && quality <= m_best_quality) { return reject(frame, quality); }
    if (m_best) { reject(*m_best, m_best_quality); }
    m_best = frame;
    m_best_quality = quality;
  }

  void reject(const FrameFacts& frame, double quality) const
  {
    if (!m_hooks.on_rejected) { return; }
    m_hooks.on_rejected({frame, fmt::format("quality {:.1f}, and its shot has a better or earlier frame", quality)});
  }

  void end_shot(double end_s)
  {
    const std::string why = fmt::format("the best of the shot from {:.3f} s to {:.3f} s", m_shot_start_s, end_s);
    m_picks.push_back({*m_best, FrameKind::scene, why, Stretch{m_shot_start_s, end_s}});
    m_best.reset();
  }

  PickerHooks m_hooks;
  std::deque<FrameFacts> m_waiting;
  std::deque<double> m_steps_before;
  bool m_seen_any = false;
  double m_shot_start_s = 0;
  double m_next_probe_s = 0;
  double m_last_s = 0;
  std::optional<FrameFacts> m_best;
  double m_best_quality = 0;
  std::vector<Pick> m_picks;
};

}  // namespace

std::unique_ptr<FramePicker> make_scene_picker(const PickerHooks& hooks)
{
  return std::make_unique<ScenePicker>(hooks);
}

}  // namespace vidcv
