#pragma once

#include <vidcv/cli/report.hpp>
#include <vidcv/store/forget.hpp>

#include <vector>

namespace vidcv {

/// Reports a thing that another program's rows keep.
void warn_of_kept(const Forgotten& thing, Report& report);

/// Reports what went, or would go, a row for each thing, and as a warning what stays.
void report_forgotten(const std::vector<Forgotten>& gone, bool dry_run, Report& report);

}  // namespace vidcv
