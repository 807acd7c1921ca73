#include "input/limit_watch.hpp"

#include "input/resident_memory.hpp"

#include <vidcv/core/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace vidcv {
namespace {

constexpr int k_threads_beside = 5;  // the one that reads the file, and those that libheif starts by itself

template <typename Failure = MediaError, typename Number>
[[noreturn]] void refuse(const std::filesystem::path& file, const char* action, const char* what, Number limit,
                         const char* setting)
{
  throw Failure(file.native(), action, fmt::format("more than {} {} ([limits] {})", limit, what, setting));
}

}  // namespace

double processor_limit_s(const DecodeOptions& options)
{
  return options.limits.wall_s * (options.threads + k_threads_beside);
}

LimitWatch::LimitWatch(std::filesystem::path file, const DecodeOptions& options)
    : m_file(std::move(file)),
      m_limits(options.limits),
      m_abandoned(options.abandoned),
      m_resident_before(used_memory().resident)
{
}

void LimitWatch::check_streams(unsigned streams) const
{
  if (std::int64_t{streams} > m_limits.streams) {
    refuse(m_file, "open", "streams", m_limits.streams, "limit_streams");
  }
}

bool LimitWatch::allows_pixels(std::int64_t width, std::int64_t height) const noexcept
{
  return width <= m_limits.pixels && height <= m_limits.pixels / std::max<std::int64_t>(width, 1);
}

void LimitWatch::refuse_pixels(const char* action) const
{
  refuse(m_file, action, "pixels in a picture", m_limits.pixels, "limit_pixels");
}

void LimitWatch::check_frame(std::int64_t number, double timestamp_s) const
{
  if (number >= m_limits.frames) { refuse(m_file, "decode", "frames", m_limits.frames, "limit_frames"); }
  if (timestamp_s > m_limits.media_s) {
    refuse(m_file, "decode", "seconds of media", m_limits.media_s, "limit_media_sec");
  }
  check_time();
  check_memory();
}

void LimitWatch::check_time() const
{
  if (m_abandoned && m_abandoned()) { throw Abandoned(); }
  if (is_late()) { refuse(m_file, "decode", "seconds spent on it", m_limits.wall_s, "limit_wall_sec"); }
}

bool LimitWatch::is_over() const
{
  return is_late() || (m_abandoned && m_abandoned());
}

void LimitWatch::check_memory() const
{
  if (used_memory().resident - m_resident_before > m_limits.memory_mb << 20U) {
    refuse<MemoryLimitError>(m_file, "decode", "MB of memory", m_limits.memory_mb, "limit_memory_mb");
  }
}

}  // namespace vidcv
