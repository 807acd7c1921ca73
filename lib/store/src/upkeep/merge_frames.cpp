#include "upkeep/merge_frames.hpp"

#include <vidcv/core/error.hpp>

#include <fmt/format.h>

namespace vidcv {
namespace {

std::optional<std::vector<std::byte>> blob_or_null(Statement& row, int column)
{
  if (row.is_null(column)) { return std::nullopt; }
  const std::span<const std::byte> bytes = row.blob(column);
  return std::vector<std::byte>(bytes.begin(), bytes.end());
}

/// A set that could not be read whole says so in front of its digest.
std::pair<bool, std::string> rank_of(const std::string& digest)
{
  return {!digest.empty() && digest.find(' ') == std::string::npos, digest};
}

}  // namespace

FrameMerge::FrameMerge(Database& into, Database& from, const IdMap& models)
    : m_from(from.path()),
      m_models(models),
      m_frames(from, "vidcv_frames", merged_frames_query(from)),
      m_vectors(from, "vidcv_embeddings", "SELECT model_id, embedding FROM vidcv_embeddings WHERE frame_id = ?1"),
      m_regions(from, "vidcv_regions", R"(
        SELECT model_id, x1, y1, x2, y2, embedding FROM vidcv_regions WHERE frame_id = ?1 ORDER BY id)"),
      m_sets(from, "vidcv_detection_sets", "SELECT digest FROM vidcv_detection_sets WHERE media_id = ?1"),
      m_detections(from, "vidcv_detections", R"(
        SELECT id, position, frame_number, timestamp_sec, x1, y1, x2, y2, class, confidence, quality, face
        FROM vidcv_detections WHERE media_id = ?1 ORDER BY position)"),
      m_detection_vectors(from, "vidcv_detection_vectors",
                          "SELECT model_id, embedding FROM vidcv_detection_vectors WHERE detection_id = ?1"),
      m_known_set(into, "SELECT digest FROM vidcv_detection_sets WHERE media_id = ?1"),
      m_remove_set(into, "DELETE FROM vidcv_detection_sets WHERE media_id = ?1"),
      m_put_set(into, "INSERT INTO vidcv_detection_sets (media_id, digest) VALUES (?1, ?2) ON CONFLICT DO NOTHING"),
      m_put_frame(into, R"(
        INSERT INTO vidcv_frames (media_id, frame_number, timestamp_sec, kind, motion_ratio, quality, blank,
          detail)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        ON CONFLICT (media_id, frame_number) DO UPDATE SET timestamp_sec = max(timestamp_sec, excluded.timestamp_sec),
          kind = max(kind, excluded.kind), blank = max(blank, excluded.blank),
          motion_ratio = coalesce(max(motion_ratio, excluded.motion_ratio), motion_ratio, excluded.motion_ratio),
          quality = coalesce(max(quality, excluded.quality), quality, excluded.quality),
          detail = coalesce(max(detail, excluded.detail), detail, excluded.detail)
        RETURNING id)"),
      m_has_vector(into, "SELECT 1 FROM vidcv_embeddings WHERE frame_id = ?1 AND model_id = ?2"),
      m_put_vector(into, R"(
        INSERT INTO vidcv_embeddings (frame_id, model_id, embedding) VALUES (?1, ?2, ?3)
        ON CONFLICT (frame_id, model_id) DO UPDATE SET embedding = max(embedding, excluded.embedding))"),
      m_put_region(into, R"(
        INSERT INTO vidcv_regions (frame_id, model_id, x1, y1, x2, y2, embedding) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (frame_id, model_id, x1, y1, x2, y2) DO UPDATE SET
          embedding = coalesce(max(embedding, excluded.embedding), embedding, excluded.embedding))"),
      m_put_detection(into, R"(
        INSERT INTO vidcv_detections (media_id, position, frame_number, timestamp_sec, x1, y1, x2, y2, class,
          confidence, quality, face)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
        ON CONFLICT (media_id, position) DO UPDATE SET quality = max(quality, excluded.quality),
          timestamp_sec = max(timestamp_sec, excluded.timestamp_sec)
        RETURNING id)"),
      m_put_detection_vector(into, R"(
        INSERT INTO vidcv_detection_vectors (detection_id, model_id, embedding) VALUES (?1, ?2, ?3)
        ON CONFLICT (detection_id, model_id) DO UPDATE SET
          embedding = coalesce(max(embedding, excluded.embedding), embedding, excluded.embedding))")
{
}

std::int64_t FrameMerge::copy(std::int64_t from_media, std::int64_t into_media)
{
  std::int64_t added = 0;
  const auto copy_frame = [&](Statement& frame) {
    const std::int64_t frame_id = frame_at(into_media, frame);
    m_vectors.each(
        [&](Statement& row) {
          const std::int64_t model_id = model_of(row.integer(0));
          added += m_has_vector.bind(frame_id, model_id).next() ? 0 : 1;
          m_put_vector.run(frame_id, model_id, row.blob(1));
        },
        frame.integer(0));
    m_regions.each(
        [&](Statement& row) {
          m_put_region.run(frame_id, model_of(row.integer(0)), row.integer(1), row.integer(2), row.integer(3),
                           row.integer(4), blob_or_null(row, 5));
        },
        frame.integer(0));
  };
  m_frames.each(copy_frame, from_media);
  m_has_vector.reset();
  copy_detections(from_media, into_media);
  return added;
}

std::int64_t FrameMerge::model_of(std::int64_t from_model) const
{
  const auto model = m_models.find(from_model);
  if (model == m_models.end()) {
    throw StoreError(m_from.native(), "merge", fmt::format("a vector of model {}, which is not there", from_model));
  }
  return model->second;
}

std::int64_t FrameMerge::frame_at(std::int64_t media_id, Statement& row)
{
  m_put_frame
      .bind(media_id, row.integer(1), row.number(2), row.text(3), row.optional_number(4), row.optional_number(5),
            row.integer(6), row.optional_number(7))
      .next();
  const std::int64_t id = m_put_frame.integer(0);
  m_put_frame.reset();
  return id;
}

/// Of two sets of detections about the same file the complete one stays, then the one with the greater digest.
void FrameMerge::copy_detections(std::int64_t from_media, std::int64_t into_media)
{
  const auto take = [&](Statement& set) {
    const std::string digest = set.text(0);
    const std::string known = m_known_set.bind(into_media).next() ? m_known_set.text(0) : std::string();
    m_known_set.reset();
    if (rank_of(known) > rank_of(digest)) { return; }
    if (rank_of(known) < rank_of(digest)) { m_remove_set.run(into_media); }
    m_put_set.run(into_media, digest);
    copy_set(from_media, into_media);
  };
  m_sets.each(take, from_media);
}

void FrameMerge::copy_set(std::int64_t from_media, std::int64_t into_media)
{
  const auto copy_one = [&](Statement& seen) {
    m_put_detection
        .bind(into_media, seen.integer(1), seen.integer(2), seen.number(3), seen.integer(4), seen.integer(5),
              seen.integer(6), seen.integer(7), seen.text(8), seen.number(9), seen.number(10), blob_or_null(seen, 11))
        .next();
    const std::int64_t id = m_put_detection.integer(0);
    m_put_detection.reset();
    m_detection_vectors.each(
        [&](Statement& row) { m_put_detection_vector.run(id, model_of(row.integer(0)), blob_or_null(row, 1)); },
        seen.integer(0));
  };
  m_detections.each(copy_one, from_media);
}

}  // namespace vidcv
