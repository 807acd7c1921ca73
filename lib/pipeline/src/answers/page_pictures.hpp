#pragma once

#include <vidcv/html/report_page.hpp>
#include <vidcv/pipeline/report_job.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace vidcv {

/// The clips and assets behind a page, position by position.
struct PageSources {
  std::vector<const StoredClip*> clips;
  std::vector<const AssetRecord*> assets;
};

/// Decodes the best frames of a page's moments, and its assets' pictures, as long as they fit into `most_bytes` of
/// HTML: those of the best moments of each asset and clip first.
/// @throws Abandoned
void add_pictures(ReportPage& page, const PageSources& sources, const ReportJob& job, std::size_t most_bytes);

}  // namespace vidcv
