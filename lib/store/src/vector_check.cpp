#include "vector_check.hpp"

#include "statement.hpp"

#include <vidcv/core/embedding.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vidcv {

std::optional<std::string> vector_fault(std::span<const float> vector, std::int64_t dim)
{
  if (static_cast<std::int64_t>(vector.size()) != dim) {
    return fmt::format("the vector has {} numbers, the model's have {}", vector.size(), dim);
  }
  if (!std::ranges::all_of(vector, [](float x) { return std::isfinite(x); })) {
    return "the vector has a number that is not finite";
  }
  if (!is_unit(vector)) { return "the vector is not of unit length"; }
  return std::nullopt;
}

std::int64_t dim_of_model(Database& database, std::int64_t model_id)
{
  Statement model(database, "SELECT dim FROM vidcv_models WHERE id = ?1");
  if (!model.bind(model_id).next()) {
    throw StoreError(database.path().string(), "store", fmt::format("no model {} in vidcv_models", model_id));
  }
  return model.integer(0);
}

}  // namespace vidcv
