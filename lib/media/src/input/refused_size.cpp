#include "input/refused_size.hpp"

#include "input/av.hpp"

#include <cstdarg>
#include <string_view>
#include <utility>

namespace vidcv {
namespace {

thread_local std::optional<RefusedSize> t_refused;

/// Where another version of FFmpeg uses other words, the size stays unknown and the picture counts as damaged.
void note_line(void* /*context*/, int /*level*/, const char* format, va_list values)
{
  if (!std::string_view(format).starts_with("Picture size %ux%u ")) { return; }
  const auto width = va_arg(values, unsigned);
  const auto height = va_arg(values, unsigned);
  t_refused = RefusedSize{std::int64_t{width}, std::int64_t{height}};
}

}  // namespace

void watch_log()
{
  av_log_set_callback(note_line);
}

std::optional<RefusedSize> take_refused_size()
{
  return std::exchange(t_refused, std::nullopt);
}

}  // namespace vidcv
