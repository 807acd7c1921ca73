#include "database/row_count.hpp"
#include "database/statement.hpp"
#include "media/generation.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/identity.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/store/forget.hpp>

#include <fmt/format.h>

#include <map>

namespace vidcv {
namespace {

/// Rows of vidcv_models, one for each precision, by fingerprint.
std::map<std::string, std::vector<std::int64_t>> models_named(Database& database, const std::string& name)
{
  Statement row(database, R"(
    SELECT fingerprint, id FROM vidcv_models WHERE name = ?1 OR substr(fingerprint, 1, length(?1)) = ?1 ORDER BY id)");
  row.bind(name);
  std::map<std::string, std::vector<std::int64_t>> models;
  while (row.next()) { models[row.text(0)].push_back(row.integer(1)); }
  return models;
}

/// Vectors in the service's column that this model made and that nobody has replaced since.
void clear_asset_vectors(Database& database, std::int64_t model_id)
{
  Statement row(database, R"(
    SELECT a.id, a.clip_embedding, v.sha256 FROM vidcv_asset_vectors v JOIN assets a ON a.id = v.asset_id
    WHERE v.model_id = ?1 AND a.clip_embedding IS NOT NULL)");
  row.bind(model_id);
  std::vector<std::string> made_by_it;
  while (row.next()) {
    if (sha256_hex(row.blob(1)) == row.text(2)) { made_by_it.push_back(row.text(0)); }
  }
  Statement clear(database, "UPDATE assets SET clip_embedding = NULL WHERE id = ?1");
  for (const std::string& id : made_by_it) { clear.run(id); }
}

/// An appearance that only this model found goes; one that another model found as well shows what that one found.
void remove_findings(Database& database, std::int64_t model_id)
{
  Statement(database, "DELETE FROM vidcv_findings WHERE model_id = ?1").run(model_id);
  Statement(database, R"(
    DELETE FROM asset_appearances WHERE id IN (
      SELECT v.appearance_id FROM vidcv_appearances v WHERE v.model_id = ?1
        AND NOT EXISTS (SELECT 1 FROM vidcv_findings f WHERE f.appearance_id = v.appearance_id)))")
      .run(model_id);
  Statement(database, R"(
    UPDATE asset_appearances SET (confidence, bbox) = (
      SELECT f.confidence, f.bbox FROM vidcv_findings f WHERE f.appearance_id = id ORDER BY f.model_id DESC LIMIT 1)
    WHERE id IN (SELECT appearance_id FROM vidcv_appearances WHERE model_id = ?1))")
      .run(model_id);
  Statement(database, R"(
    UPDATE vidcv_appearances SET (model_id, margin, distinctness) = (
      SELECT f.model_id, f.margin, f.distinctness FROM vidcv_findings f WHERE f.appearance_id = vidcv_appearances.appearance_id
      ORDER BY f.model_id DESC LIMIT 1) WHERE model_id = ?1)")
      .run(model_id);
  execute(database, R"(
    DELETE FROM vidcv_appearances
    WHERE NOT EXISTS (SELECT 1 FROM asset_appearances a WHERE a.id = appearance_id))");
}

void remove_model(Database& database, std::int64_t model_id)
{
  clear_asset_vectors(database, model_id);
  remove_findings(database, model_id);
  for (const char* table : {"vidcv_embeddings", "vidcv_regions", "vidcv_detection_vectors", "vidcv_texts",
                            "vidcv_asset_vectors", "vidcv_plates"}) {
    Statement(database, fmt::format("DELETE FROM {} WHERE model_id = ?1", table)).run(model_id);
  }
  Statement(database, "DELETE FROM vidcv_models WHERE id = ?1").run(model_id);
}

}  // namespace

std::vector<Forgotten> forget_model(WriteTransaction& within, const std::string& name)
{
  Database& database = within.database();
  const auto models = models_named(database, name);
  if (models.size() > 1) {
    throw InputError(name, "store",
                     fmt::format("several models are called that, with the fingerprints {} and {}: name one by it",
                                 models.begin()->first, std::next(models.begin())->first));
  }
  std::vector<Forgotten> gone;
  for (const auto& [fingerprint, ids] : models) {
    const RowCount count(database);
    for (const std::int64_t id : ids) { remove_model(database, id); }
    gone.push_back({"model", fingerprint, count.rows()});
    note_vectors_changed(database);
  }
  return gone;
}

}  // namespace vidcv
