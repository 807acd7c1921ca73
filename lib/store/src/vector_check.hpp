#pragma once

#include <vidcv/store/database.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace vidcv {

/// What is wrong with `vector` as one of a model with `dim` numbers, to follow the name of what it belongs to; nothing
/// for a good one.
std::optional<std::string> vector_fault(std::span<const float> vector, std::int64_t dim);

/// The width of a model's vectors.
/// @throws StoreError if there is no such model
std::int64_t dim_of_model(Database& database, std::int64_t model_id);

}  // namespace vidcv
