#include "run_limits.hpp"

#include <vidcv/cli/signals.hpp>
#include <vidcv/pipeline/run_settings.hpp>

namespace vidcv {

RunLimits run_limits(const Config& config)
{
  return {.threads = decode_options(config).threads, .stopping = is_stopping, .abandoned = is_time_up};
}

RunLimits run_limits(const Config& config, Report& report)
{
  RunLimits limits = run_limits(config);
  limits.watch.on_begin = [&](const std::filesystem::path& file) { report.begin_file(file); };
  limits.watch.on_frame = [&](const std::filesystem::path& file) { report.add_frames(file, 1); };
  return limits;
}

}  // namespace vidcv
