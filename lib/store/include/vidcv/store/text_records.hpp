#pragma once

#include <vidcv/core/embedding.hpp>
#include <vidcv/store/database.hpp>

#include <cstdint>
#include <string>

namespace vidcv {

/// Whether `text` (UTF-8) has a vector of `model_id`, of the model's width.
bool has_text(Database& database, const std::string& text, std::int64_t model_id);

/// The vector that a text has; empty for none, or a damaged one.
Embedding text_vector(Database& database, const std::string& text, std::int64_t model_id);

/// The vector of a text under a model, replacing an existing one.
/// @throws StoreError naming the text for a vector of another width, with a number that is not finite, or not of unit
/// length
void save_text(Database& database, const std::string& text, std::int64_t model_id, const Embedding& vector);

}  // namespace vidcv
