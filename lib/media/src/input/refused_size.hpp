#pragma once

#include <cstdint>
#include <optional>

namespace vidcv {

/// FFmpeg refuses a picture that it cannot hold (more than about 2^28 pixels) before it asks for memory, calls that
/// damage, and names the size in its log alone. From here on its log is silent, and such sizes are noted.
void watch_log();

struct RefusedSize {
  std::int64_t width = 0;
  std::int64_t height = 0;
};

/// The size that FFmpeg refused last in this thread, once.
std::optional<RefusedSize> take_refused_size();

}  // namespace vidcv
