#pragma once

#include <vidcv/core/config.hpp>
#include <vidcv/pipeline/embedding_run.hpp>

namespace vidcv {

/// Threads as configured; a signal stops the run, see watch_signals().
RunLimits run_limits(const Config& config);

}  // namespace vidcv
