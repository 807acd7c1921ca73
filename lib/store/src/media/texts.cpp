#include <vidcv/store/text_records.hpp>

#include "database/statement.hpp"
#include "database/vector_check.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>

namespace vidcv {

bool has_text(Database& database, const std::string& text, std::int64_t model_id)
{
  Statement known(database, R"(
    SELECT 1 FROM vidcv_texts t JOIN vidcv_models m ON m.id = t.model_id
    WHERE t.text = ?1 AND t.model_id = ?2 AND length(t.embedding) = 4 * m.dim)");
  return known.bind(text, model_id).next();
}

Embedding text_vector(Database& database, const std::string& text, std::int64_t model_id)
{
  Statement row(database, "SELECT embedding FROM vidcv_texts WHERE text = ?1 AND model_id = ?2");
  if (!row.bind(text, model_id).next()) { return {}; }
  Embedding vector = from_blob(row.blob(0));
  return vector_fault(vector, dim_of_model(database, model_id)) ? Embedding() : vector;
}

void save_text(Database& database, const std::string& text, std::int64_t model_id, const Embedding& vector)
{
  if (const auto fault = vector_fault(vector, dim_of_model(database, model_id))) {
    throw StoreError(database.path().string(), "store", fmt::format("text {}: {}", one_line(text), *fault));
  }
  WriteTransaction transaction(database);
  Statement(database, R"(
    INSERT INTO vidcv_texts (text, model_id, embedding) VALUES (?1, ?2, ?3)
    ON CONFLICT (text, model_id) DO UPDATE SET embedding = excluded.embedding)")
      .run(text, model_id, to_blob(vector));
  transaction.commit();
}

}  // namespace vidcv
