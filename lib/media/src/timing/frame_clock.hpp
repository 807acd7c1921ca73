#pragma once

#include "input/av.hpp"
#include "timing/continued_stamps.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <set>
#include <span>
#include <vector>

namespace vidcv {

/// From one frame to the next where nothing but the stream's rate is known, in seconds.
AVRational usual_frame(const AVStream& stream);

/// What a stream's frames are timed by, all of them.
enum class StampSource {
  none,  ///< ordinal / rate: raw streams have no stamps, and what FFmpeg makes up for them is not used
  pts,   ///< presentation times; a frame without one follows the frame before by the usual step
  dts,   ///< the packets' decoding times in ascending order, where some packets have no presentation time
};
/// @param packets  the stream's first ones
StampSource stamp_source(const AVFormatContext& format, std::span<const PacketPtr> packets);

/// The time of each frame, in seconds since the first one, each later than the one before. Never what the container
/// claims of rate or duration where it has timestamps.
///
/// Some writers put decoding times where presentation times belong: frames come out of the decoder with stamps in
/// disorder, and the stamps are put in order. A frame waits while a packet with an earlier stamp that went into the
/// decoder before its own has not come out. In other streams no frame waits.
class FrameClock {
 public:
  FrameClock(const AVFormatContext& format, const AVStream& stream, StampSource source);

  /// Each packet that goes into the decoder.
  void note_packet(const AVPacket& packet);
  /// Each frame that comes out.
  void note_frame(const AVFrame& frame);
  /// Whether the next frame's time depends on frames that have not come.
  bool must_wait() const;
  /// Of the earliest of the noted frames that have no time yet.
  double next_s();

  double tick_s() const noexcept { return av_q2d(m_time_base); }
  /// Places so far at which the clock started again or leapt.
  std::int64_t restarts() const noexcept { return m_stamps.restarts(); }

 private:
  struct Fed {
    std::int64_t order;
    std::int64_t pts;
  };
  struct Stamp {
    double ticks;
    std::int64_t pts;
    std::int64_t order;  ///< of its packet
    bool operator<(const Stamp& other) const noexcept { return ticks < other.ticks; }
  };
  std::optional<Stamp> stamp_of(const AVFrame& frame);
  std::int64_t take_back(std::int64_t pts);
  bool is_overtaking(const Stamp& stamp) const;
  double take_ticks();

  AVRational m_time_base;
  AVRational m_frame;
  StampSource m_source;
  bool m_reorders;
  ContinuedStamps m_stamps;
  std::priority_queue<double, std::vector<double>, std::greater<>> m_dts;
  std::vector<Fed> m_fed;  // packets whose frames have not come, in decoding order
  std::int64_t m_packets = 0;
  std::queue<bool> m_waiting;     // frames without a time: whether they have a stamp
  std::multiset<Stamp> m_sorted;  // their stamps
  bool m_is_disordered = false;
  bool m_waits_in_vain = false;
  std::int64_t m_given = 0;
  bool m_has_origin = false;
  double m_shift = 0;  // of stamps, so that the first frame is at 0
  double m_last = 0;   // ticks
};

}  // namespace vidcv
