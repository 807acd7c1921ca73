#pragma once

#include "answers/page_pictures.hpp"

#include <vidcv/html/report_page.hpp>
#include <vidcv/pipeline/report_job.hpp>
#include <vidcv/pipeline/stored_findings.hpp>

namespace vidcv {

/// A page with its sources; without pictures.
struct DraftPage {
  ReportPage page;
  PageSources sources;
};

/// The page of everything. Refers to `findings`.
DraftPage page_of_all(Database& database, const StoredFindings& findings, const ReportJob& job);

/// What a page says about an asset alone: its moments, the best `most` of them, and the clips that it is in.
DraftPage page_of_asset(const DraftPage& all, std::size_t asset, std::size_t most);

/// The first of several pages: without assets and clips.
/// @param links  to the others
ReportPage index_page(const DraftPage& all, std::vector<std::pair<std::string, std::string>> links);

}  // namespace vidcv
