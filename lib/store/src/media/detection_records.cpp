#include <vidcv/store/detection_records.hpp>

#include "database/statement.hpp"
#include "database/vector_check.hpp"

#include <fmt/format.h>

namespace vidcv {
namespace {

std::optional<std::string> stored_digest(Database& database, std::int64_t media_id)
{
  Statement row(database, "SELECT digest FROM vidcv_detection_sets WHERE media_id = ?1");
  if (!row.bind(media_id).next()) { return std::nullopt; }
  return row.text(0);
}

bool lacks_vectors(Database& database, std::int64_t media_id, std::int64_t model_id)
{
  Statement lacking(database, R"(
    SELECT 1 FROM vidcv_detections d
    WHERE d.media_id = ?1 AND NOT EXISTS (
      SELECT 1 FROM vidcv_detection_vectors v WHERE v.detection_id = d.id AND v.model_id = ?2))");
  return lacking.bind(media_id, model_id).next();
}

void require_good_vectors(Database& database, const std::vector<DetectionRecord>& detections, std::int64_t dim)
{
  for (const DetectionRecord& detection : detections) {
    const auto fault = detection.embedding.empty() ? std::nullopt : vector_fault(detection.embedding, dim);
    if (fault) {
      throw StoreError(database.path().string(), "store",
                       fmt::format("a detection in frame {}: {}", detection.frame_number, *fault));
    }
  }
}

std::optional<std::span<const std::byte>> blob_or_null(const Embedding& vector)
{
  return vector.empty() ? std::nullopt : std::optional(to_blob(vector));
}

void put_rows(Database& database, std::int64_t media_id, const std::vector<DetectionRecord>& detections)
{
  Statement row(database, R"(
    INSERT INTO vidcv_detections (media_id, position, frame_number, timestamp_sec, x1, y1, x2, y2, class, confidence,
      quality, face)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12))");
  for (std::size_t i = 0; i < detections.size(); ++i) {
    const DetectionRecord& seen = detections[i];
    row.run(media_id, static_cast<std::int64_t>(i), seen.frame_number, seen.timestamp_s, seen.box.x1, seen.box.y1,
            seen.box.x2, seen.box.y2, seen.label, seen.confidence, seen.quality, blob_or_null(seen.face));
  }
}

void put_vectors(Database& database, std::int64_t media_id, const std::vector<DetectionRecord>& detections,
                 std::int64_t model_id)
{
  Statement vector(database, R"(
    INSERT INTO vidcv_detection_vectors (detection_id, model_id, embedding)
    SELECT id, ?3, ?4 FROM vidcv_detections WHERE media_id = ?1 AND position = ?2
    ON CONFLICT (detection_id, model_id) DO UPDATE SET embedding = excluded.embedding)");
  for (std::size_t i = 0; i < detections.size(); ++i) {
    vector.run(media_id, static_cast<std::int64_t>(i), model_id, blob_or_null(detections[i].embedding));
  }
}

}  // namespace

std::optional<std::string> detection_digest(Database& database, std::int64_t media_id, std::int64_t model_id)
{
  auto digest = stored_digest(database, media_id);
  if (!digest || (model_id != 0 && lacks_vectors(database, media_id, model_id))) { return std::nullopt; }
  return digest;
}

void save_detections(Database& database, std::int64_t media_id, const std::string& digest,
                     const std::vector<DetectionRecord>& detections, std::int64_t model_id)
{
  if (model_id != 0) { require_good_vectors(database, detections, dim_of_model(database, model_id)); }
  WriteTransaction transaction(database);
  if (stored_digest(database, media_id) != digest) {
    Statement(database, "DELETE FROM vidcv_detection_sets WHERE media_id = ?1").run(media_id);
    Statement(database, "INSERT INTO vidcv_detection_sets (media_id, digest) VALUES (?1, ?2)").run(media_id, digest);
    put_rows(database, media_id, detections);
  }
  if (model_id != 0) { put_vectors(database, media_id, detections, model_id); }
  transaction.commit();
}

std::vector<DetectionRecord> detections_of(Database& database, std::int64_t media_id, std::int64_t model_id)
{
  const std::int64_t dim = model_id == 0 ? 0 : dim_of_model(database, model_id);
  Statement row(database, R"(
    SELECT d.frame_number, d.timestamp_sec, d.x1, d.y1, d.x2, d.y2, d.class, d.confidence, d.quality, d.face,
      v.embedding
    FROM vidcv_detections d LEFT JOIN vidcv_detection_vectors v ON v.detection_id = d.id AND v.model_id = ?2
    WHERE d.media_id = ?1 ORDER BY d.frame_number, d.position)");
  row.bind(media_id, model_id);
  std::vector<DetectionRecord> detections;
  while (row.next()) {
    detections.push_back({.frame_number = row.integer(0),
                          .timestamp_s = row.number(1),
                          .box = {row.small(2), row.small(3), row.small(4), row.small(5)},
                          .label = row.text(6),
                          .confidence = row.number(7),
                          .quality = row.number(8),
                          .face = from_blob(row.blob(9)),
                          .embedding = stored_vector(database, row, 10, {media_id, row.integer(0), dim})});
  }
  return detections;
}

}  // namespace vidcv
