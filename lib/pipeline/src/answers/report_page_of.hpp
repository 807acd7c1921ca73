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

/// What a page says about an asset alone: the best `most` of its moments, and the clips that it is in.
DraftPage page_of_asset(const DraftPage& all, std::size_t asset, std::vector<PageMoment> moments, std::size_t most);

/// Clips without moments.
DraftPage page_of_clips(const DraftPage& all, const std::vector<std::size_t>& clips, const std::string& title);

/// The first of several pages: the answer of the search and the failures, without assets and clips.
/// @param links  to the others
DraftPage index_page(const DraftPage& all, std::vector<std::pair<std::string, std::string>> links);

}  // namespace vidcv
