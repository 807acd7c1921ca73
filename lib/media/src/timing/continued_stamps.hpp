#pragma once

#include "input/av.hpp"

#include <cstdint>
#include <optional>

namespace vidcv {

/// Stamps as a clock that never starts again would show them. A stamp that goes back by more than a second begins a new
/// clock: concatenated recordings, DVDs. So does one that leaps by more than ten seconds in a format
/// whose clock may jump. The frame follows the one before by the usual step then, and what comes later is shifted by as
/// much. Smaller steps back are left to the caller.
class ContinuedStamps {
 public:
  /// @param usual_ticks  from one frame to the next by the stream's rate
  ContinuedStamps(const AVFormatContext& format, AVRational time_base, double usual_ticks);

  /// @returns ticks since the first stamp
  double next(std::int64_t stamp);
  /// A frame without a stamp.
  void pass() noexcept { ++m_frames; }
  /// Ticks from one frame to the next, on average so far.
  double step() const noexcept;
  std::int64_t restarts() const noexcept { return m_restarts; }

 private:
  bool starts_again(double ticks) const noexcept;

  bool m_may_leap;
  double m_ticks_per_s;
  double m_usual_ticks;
  std::optional<std::int64_t> m_first;
  double m_shift = 0;
  double m_newest = 0;
  std::int64_t m_steps = 0;  // from the first frame to that one
  std::int64_t m_frames = 0;
  std::int64_t m_restarts = 0;
};

/// Whether the clock of this format may jump with nothing missing: MPEG transport and program streams.
bool clock_may_leap(const AVFormatContext& format);
/// A step back by more, in seconds, is a restart; by less, disorder.
inline constexpr double k_restart_s = 1;
/// A leap by more, in seconds, is a restart where clock_may_leap().
inline constexpr double k_leap_s = 10;

}  // namespace vidcv
