#include <vidcv/store/media_records.hpp>

#include "database/statement.hpp"
#include "database/vector_check.hpp"
#include "media/generation.hpp"
#include "media/run_row.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

namespace vidcv {
namespace {

std::optional<std::int64_t> find_model(Database& database, const ModelRecord& model)
{
  Statement known(database, "SELECT id FROM vidcv_models WHERE fingerprint = ?1 AND precision = ?2");
  if (!known.bind(model.fingerprint, model.precision).next()) { return std::nullopt; }
  return known.integer(0);
}

void require_good_vectors(Database& database, const MediaRecord& media, const std::vector<FrameRecord>& frames,
                          std::int64_t dim)
{
  const auto require_good = [&](const FrameRecord& frame, const Embedding& vector) {
    const auto fault = vector.empty() ? std::nullopt : vector_fault(vector, dim);
    if (fault) {
      throw StoreError(database.path().string(), "store",
                       fmt::format("frame {} of {}: {}", frame.frame_number, one_line(media.stamp.path), *fault));
    }
  };
  for (const FrameRecord& frame : frames) {
    require_good(frame, frame.embedding);
    for (const RegionRecord& region : frame.regions) { require_good(frame, region.embedding); }
  }
}

/// Whether a frame number of `then` and of `now` names the same picture, chosen by the same plan.
bool gives_same_frames(const MediaRecord& then, const MediaRecord& now)
{
  const bool same_bytes =
      then.content_hash.empty() || now.content_hash.empty() || then.content_hash == now.content_hash;
  return then.stamp == now.stamp && then.plan == now.plan && same_bytes;
}

/// Whether the file failed before, in the same way and with the same content.
bool is_same_failure(const MediaRecord& then, const MediaRecord& now)
{
  return then.status == "failed" && then.stamp == now.stamp && then.stage == now.stage && then.error == now.error;
}

/// Writes the row of a path; an existing row keeps its id.
std::int64_t put_media(Database& database, const MediaRecord& media, const std::string& status)
{
  Statement row(database, R"(
    INSERT INTO vidcv_media (path, size, mtime_ns, content_hash, decoded, plan, status, stage, error, tries, run_id,
      changed_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, datetime('now'))
    ON CONFLICT (path) DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns,
      content_hash = excluded.content_hash, decoded = excluded.decoded, plan = excluded.plan, status = excluded.status,
      stage = excluded.stage, error = excluded.error, tries = excluded.tries, run_id = excluded.run_id,
      changed_at = excluded.changed_at, missing_since = NULL
    RETURNING id)");
  const bool failed = status == "failed";
  row.bind(media.stamp.path, media.stamp.size, media.stamp.mtime_ns, media.content_hash, media.decoded, media.plan,
           status, failed ? media.stage : "", failed ? media.error : "", failed ? 1 : 0, id_or_null(media.run_id));
  row.next();
  touch_run(database, media.run_id);
  return row.integer(0);
}

/// The part of a plan that says how pictures are read, which turns them and so moves what is in them.
std::string_view picture_rules(std::string_view plan)
{
  const std::size_t begin = std::min(plan.find(" exif="), plan.find(" alpha="));
  return begin == std::string_view::npos ? std::string_view() : plan.substr(begin);
}

/// Whether what detectors said is still about the pixels that they saw.
bool shows_same_pixels(const MediaRecord& then, const MediaRecord& now)
{
  return then.stamp == now.stamp && picture_rules(then.plan) == picture_rules(now.plan);
}

void remove_detections(Database& database, std::int64_t media_id)
{
  Statement(database, "DELETE FROM vidcv_detection_sets WHERE media_id = ?1").run(media_id);
}

void remove_frames(Database& database, std::int64_t media_id)
{
  Statement(database, "DELETE FROM vidcv_frames WHERE media_id = ?1").run(media_id);
}

void remove_other_frames(Database& database, std::int64_t media_id, const std::vector<FrameRecord>& frames)
{
  std::set<std::int64_t> wanted;
  for (const FrameRecord& frame : frames) { wanted.insert(frame.frame_number); }
  std::vector<std::int64_t> gone;
  Statement there(database, "SELECT id, frame_number FROM vidcv_frames WHERE media_id = ?1");
  there.bind(media_id);
  while (there.next()) {
    if (!wanted.contains(there.integer(1))) { gone.push_back(there.integer(0)); }
  }
  Statement removal(database, "DELETE FROM vidcv_frames WHERE id = ?1");
  for (const std::int64_t id : gone) { removal.run(id); }
}

void put_regions(Database& database, std::int64_t frame_id, const std::vector<RegionRecord>& regions,
                 std::int64_t model_id)
{
  if (regions.empty()) { return; }
  Statement(database, "DELETE FROM vidcv_regions WHERE frame_id = ?1 AND model_id = ?2").run(frame_id, model_id);
  Statement row(database, R"(
    INSERT INTO vidcv_regions (frame_id, model_id, x1, y1, x2, y2, embedding) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7))");
  for (const RegionRecord& region : regions) {
    const Box& box = region.box;
    const auto blob = region.embedding.empty() ? std::nullopt : std::optional(to_blob(region.embedding));
    row.run(frame_id, model_id, box.x1, box.y1, box.x2, box.y2, blob);
  }
}

void put_frames(Database& database, std::int64_t media_id, const std::vector<FrameRecord>& frames,
                std::int64_t model_id)
{
  Statement row(database, R"(
    INSERT INTO vidcv_frames (media_id, frame_number, timestamp_sec, kind, motion_ratio, quality, blank, detail)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
    ON CONFLICT (media_id, frame_number) DO UPDATE SET timestamp_sec = excluded.timestamp_sec, kind = excluded.kind,
      motion_ratio = excluded.motion_ratio, quality = excluded.quality, blank = excluded.blank,
      detail = excluded.detail
    RETURNING id)");
  Statement vector(database, R"(
    INSERT INTO vidcv_embeddings (frame_id, model_id, embedding) VALUES (?1, ?2, ?3)
    ON CONFLICT (frame_id, model_id) DO UPDATE SET embedding = excluded.embedding)");
  for (const FrameRecord& frame : frames) {
    row.bind(media_id, frame.frame_number, frame.timestamp_s, frame.kind, frame.motion_ratio, frame.quality,
             frame.blank, frame.detail)
        .next();
    if (!frame.embedding.empty()) { vector.run(row.integer(0), model_id, to_blob(frame.embedding)); }
    put_regions(database, row.integer(0), frame.regions, model_id);
  }
}

void add_regions(Database& database, std::int64_t media_id, std::int64_t model_id, std::vector<FrameRecord>& frames)
{
  const std::int64_t dim = dim_of_model(database, model_id);
  Statement row(database, R"(
    SELECT f.id, f.frame_number, r.x1, r.y1, r.x2, r.y2, r.embedding
    FROM vidcv_frames f JOIN vidcv_regions r ON r.frame_id = f.id AND r.model_id = ?2
    WHERE f.media_id = ?1 ORDER BY f.frame_number, r.id)");
  row.bind(media_id, model_id);
  auto frame = frames.begin();
  while (row.next()) {
    while (frame != frames.end() && frame->id != row.integer(0)) { ++frame; }
    if (frame == frames.end()) { return; }  // another program has replaced the frames meanwhile
    frame->regions.push_back({{row.small(2), row.small(3), row.small(4), row.small(5)},
                              stored_vector(database, row, 6, {media_id, row.integer(1), dim})});
  }
}

}  // namespace

std::int64_t ensure_model(Database& database, const ModelRecord& model)
{
  if (const auto known = find_model(database, model)) { return *known; }
  WriteTransaction transaction(database);
  Statement(database, R"(
    INSERT INTO vidcv_models (fingerprint, name, dim, precision, description) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (fingerprint, precision) DO NOTHING)")
      .run(model.fingerprint, model.name, model.dim, model.precision, model.description);
  transaction.commit();
  return find_model(database, model).value();
}

std::int64_t save_clip(WriteTransaction& within, const MediaRecord& media, const std::vector<FrameRecord>& frames,
                       std::int64_t model_id)
{
  Database& database = within.database();
  if (model_id != 0) { require_good_vectors(database, media, frames, dim_of_model(database, model_id)); }
  const auto before = find_media(database, media.stamp.path);
  const std::int64_t media_id = put_media(database, media, "done");
  if (before && gives_same_frames(*before, media)) {
    remove_other_frames(database, media_id, frames);
  } else {
    remove_frames(database, media_id);
    if (before && !shows_same_pixels(*before, media)) { remove_detections(database, media_id); }
  }
  put_frames(database, media_id, frames, model_id);
  note_vectors_changed(database);
  return media_id;
}

void save_failure(WriteTransaction& within, const MediaRecord& media)
{
  Database& database = within.database();
  const auto before = find_media(database, media.stamp.path);
  if (before && is_same_failure(*before, media)) {
    Statement(database, "UPDATE vidcv_media SET tries = tries + 1 WHERE id = ?1").run(before->id);
    count_repeated(database, media.run_id);
  } else if (before && before->stamp == media.stamp) {  // plan and hash still describe the stored frames
    Statement(database, R"(
      UPDATE vidcv_media SET status = 'failed', stage = ?2, error = ?3, tries = tries + 1, run_id = ?4,
        changed_at = datetime('now') WHERE id = ?1)")
        .run(before->id, media.stage, media.error, id_or_null(media.run_id));
    touch_run(database, media.run_id);
  } else {
    const std::int64_t media_id = put_media(database, media, "failed");
    remove_frames(database, media_id);
    remove_detections(database, media_id);
    note_vectors_changed(database);
  }
}

std::vector<FrameRecord> frames_of(Database& database, std::int64_t media_id, std::int64_t model_id, Regions regions)
{
  const std::int64_t dim = model_id == 0 ? 0 : dim_of_model(database, model_id);
  Statement row(database, R"(
    SELECT f.id, f.frame_number, f.timestamp_sec, f.kind, f.motion_ratio, f.quality, f.blank, f.detail, e.embedding
    FROM vidcv_frames f LEFT JOIN vidcv_embeddings e ON e.frame_id = f.id AND e.model_id = ?2
    WHERE f.media_id = ?1 ORDER BY f.frame_number)");
  row.bind(media_id, model_id);
  std::vector<FrameRecord> frames;
  while (row.next()) {
    frames.push_back({.id = row.integer(0),
                      .frame_number = row.integer(1),
                      .timestamp_s = row.number(2),
                      .kind = row.text(3),
                      .motion_ratio = row.optional_number(4),
                      .quality = row.optional_number(5),
                      .blank = row.integer(6) != 0,
                      .detail = row.optional_number(7),
                      .embedding = stored_vector(database, row, 8, {media_id, row.integer(1), dim})});
  }
  if (regions == Regions::yes) { add_regions(database, media_id, model_id, frames); }
  return frames;
}

}  // namespace vidcv
