#include <vidcv/store/media_records.hpp>

#include "media/media_row.hpp"

#include <utility>

namespace vidcv {
namespace {

constexpr const char* k_complete = R"(
    SELECT EXISTS (SELECT 1 FROM vidcv_frames f WHERE f.media_id = m.id AND f.detail IS NULL) FROM vidcv_media m
    WHERE m.path = ?1 AND m.size = ?2 AND m.mtime_ns = ?3 AND m.plan = ?4 AND m.status = 'done' AND NOT EXISTS (
      SELECT 1 FROM vidcv_frames f LEFT JOIN vidcv_embeddings e ON e.frame_id = f.id AND e.model_id = ?5
      WHERE f.media_id = m.id
        AND coalesce(length(e.embedding), 0) <> 4 * (SELECT dim FROM vidcv_models WHERE id = ?5))
      AND (?6 = 0 OR NOT EXISTS (
        SELECT 1 FROM vidcv_frames f WHERE f.media_id = m.id AND NOT f.blank
          AND NOT EXISTS (SELECT 1 FROM vidcv_regions r WHERE r.frame_id = f.id AND r.model_id = ?5))))";

}  // namespace

std::optional<MediaRecord> find_media(Database& database, const std::string& path)
{
  return MediaFinder(database).find(path);
}

MediaFinder::MediaFinder(Database& database)
    : m_row(std::make_unique<Statement>(database, k_media_columns + std::string("WHERE path = ?1")))
{
}

MediaFinder::~MediaFinder() = default;

std::optional<MediaRecord> MediaFinder::find(const std::string& path)
{
  if (!m_row->bind(path).next()) { return std::nullopt; }
  MediaRecord media = media_at(*m_row);
  m_row->reset();
  return media;
}

CompletenessCheck::CompletenessCheck(Database& database, std::int64_t model_id, Regions regions)
    : m_row(std::make_unique<Statement>(database, k_complete)), m_model_id(model_id), m_regions(regions)
{
}

CompletenessCheck::~CompletenessCheck() = default;

Completeness CompletenessCheck::of(const FileStamp& stamp, const std::string& plan)
{
  m_row->bind(stamp.path, stamp.size, stamp.mtime_ns, plan, m_model_id, m_regions == Regions::yes);
  Completeness found = Completeness::none;
  if (m_row->next()) { found = m_row->integer(0) != 0 ? Completeness::unmeasured : Completeness::whole; }
  m_row->reset();
  return found;
}

}  // namespace vidcv
