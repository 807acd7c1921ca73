#pragma once

#include "input/av.hpp"

namespace vidcv {

/// Whether the levels of a frame mean light as in ITU-R BT.2100: PQ or HLG.
bool is_hdr(const AVFrame& frame);

/// Rows of 16-bit RGB, full range, of an HDR frame as 8-bit sRGB.
class ToneMap {
 public:
  explicit ToneMap(const AVFrame& frame);
  void convert(const std::uint16_t* rgb16, std::uint8_t* rgb, int width) const;

 private:
  bool m_is_hlg;
  bool m_is_wide;  // primaries of BT.2020
};

}  // namespace vidcv
