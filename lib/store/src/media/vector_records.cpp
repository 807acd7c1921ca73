#include <vidcv/store/vector_records.hpp>

#include "database/statement.hpp"
#include "database/vector_check.hpp"
#include "media/generation.hpp"

#include <cstring>

namespace vidcv {
namespace {

constexpr const char* k_rows = R"(
    SELECT f.media_id, f.frame_number, f.id, 0, f.timestamp_sec, e.embedding
    FROM vidcv_frames f JOIN vidcv_embeddings e ON e.frame_id = f.id AND e.model_id = ?1
    WHERE NOT f.blank)";
constexpr const char* k_regions = R"(
    UNION ALL SELECT f.media_id, f.frame_number, f.id, r.id, f.timestamp_sec, r.embedding
    FROM vidcv_frames f JOIN vidcv_regions r ON r.frame_id = f.id AND r.model_id = ?1
    WHERE NOT f.blank AND r.embedding IS NOT NULL)";

bool has_regions(Database& database, std::int64_t model_id)
{
  Statement row(database, "SELECT 1 FROM vidcv_regions WHERE model_id = ?1 LIMIT 1");
  return row.bind(model_id).next();
}

}  // namespace

void note_vectors_changed(Database& database)
{
  execute(database, "UPDATE vidcv_generations SET value = value + 1 WHERE name = 'vectors'");
}

std::int64_t vectors_generation(Database& database)
{
  Statement row(database, "SELECT coalesce(max(value), 0) FROM vidcv_generations WHERE name = 'vectors'");
  row.next();
  return row.integer(0);
}

std::vector<StoredModel> models_with_vectors(Database& database, const std::string& name)
{
  Statement row(database, R"(
    SELECT id, fingerprint, name, precision, dim FROM vidcv_models m
    WHERE (?1 = '' OR name = ?1 OR substr(fingerprint, 1, length(?1)) = ?1) AND dim BETWEEN 1 AND 65536
      AND EXISTS (SELECT 1 FROM vidcv_embeddings e WHERE e.model_id = m.id) ORDER BY id)");
  row.bind(name);
  std::vector<StoredModel> models;
  while (row.next()) { models.push_back({row.integer(0), row.text(1), row.text(2), row.text(3), row.small(4)}); }
  return models;
}

std::int64_t each_vector(Database& database, std::int64_t model_id, const std::function<void(const VectorRow&)>& row)
{
  const std::int64_t dim = dim_of_model(database, model_id);
  const std::string regions = has_regions(database, model_id) ? k_regions : "";
  Statement rows(database, k_rows + regions + " ORDER BY 1, 2, 4");
  rows.bind(model_id);
  std::int64_t damaged = 0;
  Embedding vector(static_cast<std::size_t>(dim));
  while (rows.next()) {
    const auto blob = rows.blob(5);
    if (blob.size() == vector.size() * sizeof(float)) { std::memcpy(vector.data(), blob.data(), blob.size()); }
    if (blob.size() != vector.size() * sizeof(float) || vector_fault(vector, dim)) {
      ++damaged;
      continue;
    }
    row({rows.integer(2), rows.integer(3), rows.integer(0), rows.number(4), vector});
  }
  return damaged;
}

VectorReader::VectorReader(Database& database, std::int64_t model_id) : m_dim(dim_of_model(database, model_id))
{
  m_frame = std::make_unique<Statement>(
      database,
      "SELECT embedding FROM vidcv_embeddings WHERE frame_id = ?1 AND model_id = " + std::to_string(model_id));
  m_region = std::make_unique<Statement>(
      database, "SELECT embedding FROM vidcv_regions WHERE id = ?1 AND model_id = " + std::to_string(model_id));
}

VectorReader::~VectorReader() = default;

Embedding VectorReader::find(std::int64_t frame_id, std::int64_t region_id)
{
  Statement& row = region_id == 0 ? *m_frame : *m_region;
  Embedding vector;
  if (row.bind(region_id == 0 ? frame_id : region_id).next()) { vector = from_blob(row.blob(0)); }
  row.reset();
  return vector_fault(vector, m_dim) ? Embedding() : vector;
}

std::vector<FramePlace> frame_places_of(Database& database, std::int64_t media_id)
{
  Statement row(
      database,
      "SELECT id, frame_number, timestamp_sec, blank FROM vidcv_frames WHERE media_id = ?1 ORDER BY frame_number");
  row.bind(media_id);
  std::vector<FramePlace> places;
  while (row.next()) { places.push_back({row.integer(0), row.integer(1), row.number(2), row.integer(3) != 0}); }
  return places;
}

void each_media(Database& database, const std::function<void(std::int64_t id, const std::string& path)>& media)
{
  Statement row(database, "SELECT id, path FROM vidcv_media");
  while (row.next()) { media(row.integer(0), row.text(1)); }
}

std::string path_of_media(Database& database, std::int64_t media_id)
{
  Statement row(database, "SELECT path FROM vidcv_media WHERE id = ?1");
  return row.bind(media_id).next() ? row.text(0) : std::string();
}

std::optional<Box> box_of_region(Database& database, std::int64_t region_id)
{
  Statement row(database, "SELECT x1, y1, x2, y2 FROM vidcv_regions WHERE id = ?1");
  if (!row.bind(region_id).next()) { return std::nullopt; }
  return Box{row.small(0), row.small(1), row.small(2), row.small(3)};
}

}  // namespace vidcv
