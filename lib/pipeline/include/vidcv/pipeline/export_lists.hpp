#pragma once

#include <vidcv/exchange/datasets.hpp>
#include <vidcv/exchange/edit_list.hpp>
#include <vidcv/pipeline/stored_findings.hpp>
#include <vidcv/pipeline/vector_search.hpp>

#include <string>
#include <vector>

namespace vidcv {

/// The moments of assets as editors take them. Of clips with a steady rate frames are numbered as they are stored, of
/// others by their times.
EditList edit_list(const StoredFindings& findings, const std::string& name);

/// The same for the answer of a search, each moment with the label `query`.
EditList edit_list(const StoredFindings& findings, const std::vector<FoundMoment>& found, const std::string& query);

/// The frames in which assets are seen, and where; the whole frame where a row has no box. Rows without a frame number,
/// or of clips whose size is not known, are left out.
/// @param left_out  how many
CocoSet coco_set(Database& database, FindingsFilter filter, std::int64_t& left_out);

}  // namespace vidcv
