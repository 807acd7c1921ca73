#pragma once

#include <vidcv/store/vector_records.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace vidcv {

struct WrittenVectors {
  std::size_t rows = 0;
  std::int64_t damaged = 0;  ///< left out
};

/// Writes a model's vectors to `folder`: `vectors.npy`, a row per frame or region, and `vectors.csv`, which says what
/// each row is.
/// @throws StoreError; Abandoned where a signal came
WrittenVectors write_vector_files(Database& database, const StoredModel& model, const std::filesystem::path& folder);

}  // namespace vidcv
