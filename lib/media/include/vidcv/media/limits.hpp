#pragma once

#include <cstdint>

namespace vidcv {

/// How much one file may cost. A file that goes beyond is given up with a MediaError that names the setting.
struct MediaLimits {
  std::int64_t pixels = std::int64_t{1} << 28;  ///< of one picture
  std::int64_t frames = 10'000'000;
  double media_s = 2 * 86400.0;   ///< time of the last picture
  std::int64_t streams = 100;     ///< of any kind
  std::int64_t memory_mb = 4096;  ///< by which the process may grow meanwhile
  double wall_s = 2 * 3600.0;     ///< on the clock, while the reader waits for the file: not what it does in between
};

}  // namespace vidcv
