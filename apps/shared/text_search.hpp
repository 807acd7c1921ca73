#pragma once

#include <vidcv/cli/report.hpp>
#include <vidcv/core/config.hpp>
#include <vidcv/pipeline/vector_search.hpp>

#include <string>
#include <vector>

namespace vidcv {

/// The model whose vectors are searched: that of this name or fingerprint, or for an empty name the only one.
/// @throws Error if there is none; UsageError, about `--of`, if there are several
StoredModel chosen_model(Database& database, const std::string& name);

/// The moments of the 24 clips that are most like a text.
/// @param model_name  see chosen_model()
std::vector<FoundMoment> text_search(Database& database, const std::string& model_name, const std::string& text,
                                     const Config& config, Report& report);

}  // namespace vidcv
