#include <vidcv/store/merge.hpp>

#include "media/generation.hpp"
#include "schema/schema_snapshot.hpp"
#include "upkeep/merge_frames.hpp"
#include "upkeep/merge_source.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/store/migration.hpp>

#include <algorithm>
#include <optional>

namespace vidcv {
namespace {

constexpr int k_files_per_transaction = 256;

IdMap merge_models(Database& into, Database& from)
{
  IdMap ids;
  Statement row(from, "SELECT id, fingerprint, name, dim, precision, description FROM vidcv_models ORDER BY id");
  while (row.next()) {
    ids[row.integer(0)] = ensure_model(into, {.fingerprint = row.text(1),
                                              .name = row.text(2),
                                              .dim = row.small(3),
                                              .precision = row.text(4),
                                              .description = row.text(5)});
  }
  return ids;
}

void merge_texts(Database& into, Database& from, const IdMap& models)
{
  Statement put(into, R"(
    INSERT INTO vidcv_texts (text, model_id, embedding) VALUES (?1, ?2, ?3)
    ON CONFLICT (text, model_id) DO UPDATE SET embedding = max(embedding, excluded.embedding))");
  MergeRows texts(from, "vidcv_texts", "SELECT text, model_id, embedding FROM vidcv_texts ORDER BY id");
  texts.each([&](Statement& row) { put.run(row.text(0), models.at(row.integer(1)), row.blob(2)); });
}

/// Of a run that goes on while it is merged the end comes with a later merge.
void merge_runs(Database& into, Database& from)
{
  Statement put(into, R"(
    INSERT INTO vidcv_runs (uuid, command, version, shard, started_at, ended_at, inputs, skipped, decode_sec,
      encode_sec, store_sec, idle_sec, repeated, host, pid, process, changed_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
    ON CONFLICT (uuid) DO UPDATE SET ended_at = excluded.ended_at, decode_sec = excluded.decode_sec,
      encode_sec = excluded.encode_sec, store_sec = excluded.store_sec, idle_sec = excluded.idle_sec,
      repeated = excluded.repeated, changed_at = excluded.changed_at
    WHERE excluded.ended_at IS NOT NULL)");
  MergeRows runs(from, "vidcv_runs", merged_runs_query(from));
  runs.each([&](Statement& row) {
    put.run(row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), text_or_null(row.text(5)), row.integer(6),
            row.integer(7), row.number(8), row.number(9), row.number(10), row.number(11), row.integer(12),
            text_or_null(row.text(13)), id_or_null(row.integer(14)), text_or_null(row.text(15)),
            text_or_null(row.text(16)));
  });
}

std::int64_t rows_left(Database& from)
{
  std::int64_t rows = 0;
  for (const char* table : {"assets", "asset_appearances"}) {
    MergeRows(from, table, std::string("SELECT count(*) FROM ") + table).each([&](Statement& row) {
      rows += row.integer(0);
    });
  }
  return rows;
}

/// A file that somebody saw is there.
std::optional<std::string> both_missing(const std::optional<std::string>& a, const std::optional<std::string>& b)
{
  return a && b ? std::max(a, b) : std::nullopt;
}

/// One file after the other.
class MediaMerge {
 public:
  MediaMerge(Database& into, Database& from, const IdMap& models)
      : m_frames(into, from, models),
        m_known(into, merged_media_query(into, "WHERE m.path = ?1")),
        m_remove(into, "DELETE FROM vidcv_media WHERE id = ?1"),
        m_put(into, R"(
          INSERT INTO vidcv_media (path, size, mtime_ns, content_hash, decoded, plan, status, stage, error, tries,
            changed_at, missing_since, run_id)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, (SELECT id FROM vidcv_runs WHERE uuid = ?13))
          ON CONFLICT (path) DO UPDATE SET decoded = excluded.decoded, stage = excluded.stage, error = excluded.error,
            tries = excluded.tries, changed_at = excluded.changed_at, missing_since = excluded.missing_since,
            run_id = excluded.run_id
          RETURNING id)")
  {
  }

  void add(const MergedMedia& given)
  {
    const std::optional<MergedMedia> known = known_of(given.media.stamp.path);
    if (known && known->freshness() > given.freshness()) {
      ++m_counts.present;
      return;
    }
    const bool is_new = !known || known->freshness() < given.freshness();
    if (known && is_new) { m_remove.run(known->media.id); }
    const bool is_newer = is_new || known->detail() < given.detail();
    MergedMedia row = is_newer ? given : *known;
    if (!is_new) { row.missing_since = both_missing(known->missing_since, given.missing_since); }
    const std::int64_t id = put(row);
    count(given, is_new, m_frames.copy(given.media.id, id));
  }

  const MergeCounts& counts() const { return m_counts; }

 private:
  std::optional<MergedMedia> known_of(const std::string& path)
  {
    std::optional<MergedMedia> known;
    if (m_known.bind(path).next()) { known = merged_media_at(m_known); }
    m_known.reset();
    return known;
  }

  std::int64_t put(const MergedMedia& row)
  {
    const MediaRecord& media = row.media;
    m_put
        .bind(media.stamp.path, media.stamp.size, media.stamp.mtime_ns, media.content_hash, media.decoded, media.plan,
              media.status, media.stage, media.error, media.tries, text_or_null(row.changed_at), row.missing_since,
              row.run)
        .next();
    const std::int64_t id = m_put.integer(0);
    m_put.reset();
    return id;
  }

  void count(const MergedMedia& given, bool is_new, std::int64_t vectors)
  {
    m_counts.vectors += vectors;
    if (is_new) {
      ++(given.is_done() ? m_counts.files : m_counts.failures);
    } else if (vectors == 0) {
      ++m_counts.present;
    }
  }

  FrameMerge m_frames;
  Statement m_known;
  Statement m_remove;
  Statement m_put;
  MergeCounts m_counts;
};

void commit(Database& into, std::optional<WriteTransaction>& transaction)
{
  note_vectors_changed(into);
  transaction->commit();
  transaction.reset();
}

MergeCounts merge_media(Database& into, Database& from, const IdMap& models, const std::function<bool()>& stopping)
{
  MediaMerge merge(into, from, models);
  std::optional<WriteTransaction> transaction;
  int files = 0;
  MergeRows media(from, "vidcv_media", merged_media_query(from, "ORDER BY m.id"));
  media.each([&](Statement& row) {
    if (stopping()) { return; }
    if (!transaction) { transaction.emplace(into); }
    merge.add(merged_media_at(row));
    if (++files % k_files_per_transaction != 0) { return; }
    commit(into, transaction);
  });
  if (transaction) { commit(into, transaction); }
  return merge.counts();
}

}  // namespace

MergeCounts merge_database(Database& into, const std::filesystem::path& from, const std::function<bool()>& stopping)
{
  std::error_code unlike;
  if (std::filesystem::equivalent(into.path(), from, unlike)) {
    throw StoreError(from.native(), "merge", "a database cannot be merged into itself");
  }
  Database source(from, OpenMode::locked, into.busy_timeout_s());
  execute(source, "BEGIN");  // what others write meanwhile is not seen
  plan_migration(source);    // refuses what is newer than this program
  if (SchemaSnapshot(source).find("vidcv_media") == nullptr) {
    throw StoreError(from.native(), "merge", "no database of vidcv");
  }
  const IdMap models = merge_models(into, source);
  WriteTransaction transaction(into);
  merge_texts(into, source, models);
  merge_runs(into, source);
  transaction.commit();
  MergeCounts counts = merge_media(into, source, models, stopping);
  counts.left = rows_left(source);
  return counts;
}

}  // namespace vidcv
