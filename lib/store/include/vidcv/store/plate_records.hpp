#pragma once

#include <vidcv/core/embedding.hpp>
#include <vidcv/store/database.hpp>

#include <cstdint>
#include <vector>

namespace vidcv {

/// The vectors of a model's plates by number, see plates.hpp; none unless all of `count` are there and whole.
std::vector<Embedding> plates_of(Database& database, std::int64_t model_id, std::size_t count);

/// Replaces the model's plates, as one transaction.
void save_plates(Database& database, std::int64_t model_id, const std::vector<Embedding>& plates);

}  // namespace vidcv
