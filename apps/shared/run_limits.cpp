#include "run_limits.hpp"

#include <vidcv/cli/signals.hpp>
#include <vidcv/pipeline/run_settings.hpp>

namespace vidcv {

RunLimits run_limits(const Config& config)
{
  return {.threads = decode_options(config).threads, .stopping = is_stopping, .abandoned = is_time_up};
}

}  // namespace vidcv
