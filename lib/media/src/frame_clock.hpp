#pragma once

#include "av.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <vector>

namespace vidcv {

/// Seconds from one frame to the next where nothing but the stream's rate is known.
double usual_frame_s(const AVStream& stream);
/// Raw streams have none; what FFmpeg makes up for them is not used.
bool has_timestamps(const AVFormatContext& format);

/// The time of each frame, in seconds since the first one, never backwards: its pts; in a stream without them the dts
/// of the packets, in ascending order; in raw streams ordinal / rate. Never what the container claims of rate or
/// duration where it has timestamps.
class FrameClock {
 public:
  FrameClock(const AVFormatContext& format, AVStream& stream);

  void note_packet(const AVPacket& packet);
  /// @param number  the frame's ordinal
  double time_of(const AVFrame& frame, std::int64_t number);
  double tick_s() const noexcept { return av_q2d(m_time_base); }

 private:
  std::optional<double> stamp_of(const AVFrame& frame);

  AVRational m_time_base;
  bool m_has_stamps;
  double m_frame_s;  ///< where nothing else is known
  bool m_has_pts = false;
  std::priority_queue<std::int64_t, std::vector<std::int64_t>, std::greater<>> m_dts;
  std::optional<double> m_first_s;
  double m_last_s = 0;
};

}  // namespace vidcv
