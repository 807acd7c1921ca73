#include "database/vector_check.hpp"

#include "database/statement.hpp"

#include <vidcv/core/embedding.hpp>
#include <vidcv/core/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vidcv {
namespace {

std::string path_of_media(Database& database, std::int64_t media_id)
{
  Statement media(database, "SELECT path FROM vidcv_media WHERE id = ?1");
  return media.bind(media_id).next() ? media.text(0) : fmt::format("media {}", media_id);
}

}  // namespace

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

Embedding stored_vector(Database& database, Statement& row, int column, const VectorPlace& place)
{
  if (row.is_null(column)) { return {}; }
  const auto blob = row.blob(column);
  Embedding vector = from_blob(blob);
  const auto fault = blob.size() % sizeof(float) == 0
                         ? vector_fault(vector, place.dim)
                         : fmt::format("the vector has {} bytes, no float32 numbers", blob.size());
  if (fault) {
    throw InputError(path_of_media(database, place.media_id), "store",
                     fmt::format("frame {} in the database: {}", place.frame_number, *fault));
  }
  return vector;
}

}  // namespace vidcv
