#pragma once

#include <vidcv/store/database.hpp>

#include <string>

namespace vidcv {

/// assets.source of what register_asset() made.
inline constexpr const char* k_registered_source = "vidcv_detection";

/// Sets manifests.asset_count. For use within a transaction.
void count_assets(Database& database, const std::string& manifest_id);

}  // namespace vidcv
