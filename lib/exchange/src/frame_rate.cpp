#include <vidcv/exchange/frame_rate.hpp>

#include <fmt/format.h>

#include <cmath>
#include <numeric>

namespace vidcv {
namespace {

constexpr double k_tolerance = 4e-4;  // 29.97 and 30 are 1e-3 apart

bool is_near(double fps, double other)
{
  return std::abs(fps - other) < k_tolerance * other;
}

FrameRate reduced(std::int64_t numerator, std::int64_t denominator)
{
  const std::int64_t divisor = std::gcd(numerator, denominator);
  return {numerator / divisor, denominator / divisor};
}

/// Frame numbers in a second of timecode.
std::int64_t nominal(const FrameRate& rate)
{
  return std::max<std::int64_t>(1, std::llround(rate.fps()));
}

}  // namespace

FrameRate rate_of(double fps)
{
  const double whole = std::round(fps);
  const double ntsc = std::round(fps * 1.001);
  const double whole_error = std::abs(fps - whole);
  const double ntsc_error = std::abs(fps - ntsc / 1.001);
  if (whole >= 1 && is_near(fps, whole) && whole_error <= ntsc_error) { return {std::llround(whole), 1}; }
  const std::int64_t number = std::llround(ntsc);
  const bool is_ntsc = number >= 24 && (number % 24 == 0 || number % 30 == 0);
  if (is_ntsc && is_near(fps, ntsc / 1.001)) { return {number * 1000, 1001}; }
  return reduced(std::max<std::int64_t>(1, std::llround(fps * 1000)), 1000);
}

std::int64_t frame_at(double seconds, const FrameRate& rate)
{
  return std::llround(seconds * rate.fps());
}

bool can_drop_frames(const FrameRate& rate)
{
  return rate.denominator == 1001 && nominal(rate) % 30 == 0;
}

std::string timecode(std::int64_t frame, const FrameRate& rate)
{
  const std::int64_t a_second = nominal(rate);
  const bool drops = can_drop_frames(rate);
  if (drops) {  // each minute but every tenth leaves out its first numbers
    const std::int64_t left_out = a_second / 15;
    const std::int64_t a_minute = 60 * a_second - left_out;
    const std::int64_t ten_minutes = 10 * a_minute + left_out;
    const std::int64_t tens = frame / ten_minutes;
    const std::int64_t rest = frame % ten_minutes;
    frame += 9 * left_out * tens;
    if (rest >= 60 * a_second) { frame += left_out * (1 + (rest - 60 * a_second) / a_minute); }
  }
  const std::int64_t seconds = frame / a_second;
  return fmt::format("{:02}:{:02}:{:02}{}{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60, drops ? ';' : ':',
                     frame % a_second);
}

std::int64_t first_frame_of_hour(const FrameRate& rate)
{
  constexpr std::int64_t k_minutes_that_drop = 54;  // of an hour
  const std::int64_t left_out = can_drop_frames(rate) ? nominal(rate) / 15 * k_minutes_that_drop : 0;
  return 3600 * nominal(rate) - left_out;
}

std::string rational_seconds(std::int64_t frames, const FrameRate& rate)
{
  const FrameRate time = reduced(frames * rate.denominator, rate.numerator);
  return time.denominator == 1 ? fmt::format("{}s", time.numerator)
                               : fmt::format("{}/{}s", time.numerator, time.denominator);
}

}  // namespace vidcv
