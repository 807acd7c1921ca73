#pragma once

#include <vidcv/cli/report.hpp>
#include <vidcv/pipeline/sample_clip.hpp>

namespace vidcv {

/// What should be known of a clip that did not fail: damage, a cut-off end, a clock that starts again, and with `-v`
/// why all of it was decoded.
void report_notes(const SampledClip& clip, Report& report);

}  // namespace vidcv
