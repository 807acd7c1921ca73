#pragma once

#include <vidcv/store/vector_records.hpp>

#include <cstddef>
#include <filesystem>

namespace vidcv {

/// Writes a model's vectors to `folder`: `vectors.npy`, a row per frame or region, and `vectors.csv`, which says what
/// each row is.
/// @returns the rows
/// @throws StoreError
std::size_t write_vector_files(Database& database, const StoredModel& model, const std::filesystem::path& folder);

}  // namespace vidcv
