#pragma once

#include <cstdint>
#include <string>

namespace vidcv {

/// Frames per second as a fraction in lowest terms: 25/1, 30000/1001.
struct FrameRate {
  std::int64_t numerator = 25;
  std::int64_t denominator = 1;

  double fps() const { return static_cast<double>(numerator) / static_cast<double>(denominator); }
  bool operator==(const FrameRate&) const = default;
};

/// The rate that a measured number means: a whole number, one of NTSC's (n * 1000/1001) where it is within 0.04% of
/// one, else the nearest thousandth.
/// @param fps  above 0
FrameRate rate_of(double fps);

/// The number of the frame that begins nearest to a time.
std::int64_t frame_at(double seconds, const FrameRate& rate);

/// Whether timecode of this rate can leave out numbers to follow the clock: 29.97 and 59.94.
bool can_drop_frames(const FrameRate& rate);

/// SMPTE 12M timecode, `HH:MM:SS:FF`, or with a rate that can_drop_frames() `HH:MM:SS;FF` by drop-frame counting.
std::string timecode(std::int64_t frame, const FrameRate& rate);

/// The frame whose timecode is `01:00:00:00`.
std::int64_t first_frame_of_hour(const FrameRate& rate);

/// So many frames in seconds as FCPXML writes them: `1001/30000s`, `4s`.
std::string rational_seconds(std::int64_t frames, const FrameRate& rate);

}  // namespace vidcv
