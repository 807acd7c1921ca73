#pragma once

#include <vidcv/cli/report.hpp>
#include <vidcv/core/config.hpp>
#include <vidcv/pipeline/embedding_run.hpp>

namespace vidcv {

/// Threads as configured; a signal stops the run, see watch_signals().
RunLimits run_limits(const Config& config);

/// The same, for a run whose files in progress are named in the progress of `report`. Report::end_file() is the
/// caller's.
RunLimits run_limits(const Config& config, Report& report);

}  // namespace vidcv
