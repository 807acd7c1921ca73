#pragma once

#include <vidcv/core/embedding.hpp>
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

class Statement;

/// What a stored vector belongs to.
struct VectorPlace {
  std::int64_t media_id = 0;
  std::int64_t frame_number = 0;
  std::int64_t dim = 0;  ///< numbers that it should have
};

/// The vector in a column of a row; empty where it is NULL.
/// @throws InputError naming frame and file for a damaged one
Embedding stored_vector(Database& database, Statement& row, int column, const VectorPlace& place);

}  // namespace vidcv
