#pragma once

#include "timing/coded_picture.hpp"
#include "timing/continued_stamps.hpp"

#include <set>
#include <string>
#include <string_view>

namespace vidcv {

/// Looks at the packets of a stream, in decoding order, for what keeps their times from being those of its frames, or
/// its keyframes from being decoded alone.
class PacketProof {
 public:
  PacketProof(const AVFormatContext& format, const AVStream& stream);

  void note(const AVPacket& packet);
  /// After the last packet: what was found first, in words; empty: nothing.
  std::string objection() const;

 private:
  void object(std::string_view why);
  void check_stamps(const AVPacket& packet);
  void check_picture(const AVPacket& packet);

  const AVFormatContext& m_format;
  const AVStream& m_stream;
  CodedPictureReader m_reader;
  double m_tick_s;
  std::string m_why;
  std::set<std::int64_t> m_pts;
  std::int64_t m_first_key_pts = AV_NOPTS_VALUE;
  std::int64_t m_last_dts = AV_NOPTS_VALUE;
  std::int64_t m_last_pts = AV_NOPTS_VALUE;
  bool m_is_ascending = true;  // presentation times in decoding order
  bool m_has_bidirectional = false;
};

}  // namespace vidcv
