#pragma once

#include <vidcv/cli/report.hpp>
#include <vidcv/pipeline/sample_clip.hpp>
#include <vidcv/store/service_records.hpp>

namespace vidcv {

/// What should be known of a clip that did not fail: damage, a cut-off end, a clock that starts again, and with `-v`
/// why all of it was decoded.
void report_notes(const SampledClip& clip, Report& report);

/// That an asset's picture is another one now, and what follows.
void report_changed_picture(const AssetRecord& asset, Report& report);

}  // namespace vidcv
