#include <vidcv/store/ledger.hpp>

#include "database/path_range.hpp"
#include "database/statement.hpp"
#include "media/media_row.hpp"
#include "media/process_identity.hpp"
#include "media/run_row.hpp"
#include "service/moved_scenes.hpp"

#include <vidcv/core/identity.hpp>

#include <set>

namespace vidcv {
namespace {

RunState state_of(bool has_ended, const ProcessIdentity& process)
{
  if (has_ended) { return RunState::ended; }
  switch (liveness_of(process)) {
    case Liveness::alive:
      return RunState::running;
    case Liveness::gone:
      return RunState::killed;
    case Liveness::unknown:
      break;
  }
  return RunState::unknown;
}

std::optional<std::string> optional_text(Statement& row, int column)
{
  return row.is_null(column) ? std::nullopt : std::optional(row.text(column));
}

std::vector<MediaRecord> files_of_status(Database& database, const std::string& status)
{
  Statement row(database, k_media_columns + std::string("WHERE status = ?1 ORDER BY path"));
  row.bind(status);
  std::vector<MediaRecord> files;
  while (row.next()) { files.push_back(media_at(row)); }
  return files;
}

}  // namespace

std::int64_t begin_run(Database& database, const RunRecord& run)
{
  const ProcessIdentity process = this_process();
  WriteTransaction transaction(database);
  Statement row(database, R"(
    INSERT INTO vidcv_runs (uuid, command, version, shard, started_at, inputs, skipped, decode_sec, encode_sec,
      store_sec, idle_sec, host, pid, process, changed_at)
    VALUES (?1, ?2, ?3, ?4, datetime('now'), ?5, ?6, 0, 0, 0, 0, ?7, ?8, ?9, datetime('now')) RETURNING id)");
  row.bind(new_id(), run.command, std::string(VIDCV_VERSION), run.shard, run.inputs, run.skipped, process.host,
           process.pid, process.process)
      .next();
  const std::int64_t id = row.integer(0);
  row.reset();  // SQLite commits nothing in the middle of a statement
  transaction.commit();
  return id;
}

void heartbeat(Database& database, std::int64_t run_id)
{
  WriteTransaction transaction(database);
  touch_run(database, run_id);
  transaction.commit();
}

void count_failure(WriteTransaction& within, std::int64_t run_id)
{
  count_repeated(within.database(), run_id);
}

void end_run(Database& database, std::int64_t run_id, const RunTimes& times)
{
  WriteTransaction transaction(database);
  Statement(database, R"(
    UPDATE vidcv_runs SET ended_at = datetime('now'), changed_at = datetime('now'), decode_sec = ?2, encode_sec = ?3,
      store_sec = ?4, idle_sec = ?5
    WHERE id = ?1)")
      .run(run_id, times.decode_s, times.encode_s, times.store_s, times.idle_s);
  Statement(database, R"(
    DELETE FROM vidcv_runs WHERE id = ?1 AND repeated > 0 AND repeated = inputs
      AND NOT EXISTS (SELECT 1 FROM vidcv_media WHERE run_id = ?1))")
      .run(run_id);
  transaction.commit();
}

std::vector<RunRecord> newest_runs(Database& database, int most)
{
  Statement row(database, R"(
    WITH newest AS (SELECT * FROM vidcv_runs ORDER BY started_at DESC, id DESC LIMIT ?1),
    files AS (
      SELECT run_id, sum(status = 'done') AS done, sum(status = 'failed') AS failed, max(changed_at) AS last
      FROM vidcv_media WHERE run_id IN (SELECT id FROM newest) GROUP BY run_id)
    SELECT r.id, command, shard, inputs, skipped, started_at, ended_at, coalesce(r.changed_at, last),
      unixepoch(coalesce(ended_at, r.changed_at, last, started_at)) - unixepoch(started_at),
      coalesce(done, 0), coalesce(failed, 0) + repeated, decode_sec, encode_sec, store_sec, idle_sec, host, pid, process
    FROM newest r LEFT JOIN files ON run_id = r.id ORDER BY started_at DESC, r.id DESC)");
  row.bind(most);
  std::vector<RunRecord> runs;
  while (row.next()) {
    const ProcessIdentity process{row.text(15), row.integer(16), row.text(17)};
    runs.push_back({.id = row.integer(0),
                    .command = row.text(1),
                    .shard = row.text(2),
                    .inputs = row.integer(3),
                    .skipped = row.integer(4),
                    .started_at = row.text(5),
                    .ended_at = optional_text(row, 6),
                    .last_change = row.text(7),
                    .seconds = row.number(8),
                    .done = row.integer(9),
                    .failed = row.integer(10),
                    .times = {row.number(11), row.number(12), row.number(13), row.number(14)},
                    .state = state_of(!row.is_null(6), process),
                    .host = process.host,
                    .pid = process.pid});
  }
  return runs;
}

LedgerCounts count_ledger(Database& database)
{
  Statement row(database, R"(
    SELECT coalesce(sum(status = 'done'), 0), coalesce(sum(status = 'failed'), 0), count(missing_since),
      (SELECT count(*) FROM vidcv_frames), (SELECT count(*) FROM vidcv_embeddings)
    FROM vidcv_media)");
  row.next();
  return {row.integer(0), row.integer(1), row.integer(2), row.integer(3), row.integer(4)};
}

std::vector<MediaRecord> failures_of(Database& database)
{
  return files_of_status(database, "failed");
}

std::vector<MediaRecord> finished_files(Database& database)
{
  return files_of_status(database, "done");
}

std::vector<KnownFile> known_at(Database& database, const std::string& folder)
{
  const PathRange range(folder);
  Statement row(database, R"(
    SELECT id, path, missing_since IS NOT NULL, status = 'done' OR content_hash <> ''
    FROM vidcv_media WHERE path = ?1 OR path >= ?2 AND path < ?3)");
  row.bind(range.file, range.first_below, range.end_below);
  std::vector<KnownFile> files;
  while (row.next()) { files.push_back({row.integer(0), row.text(1), row.integer(2) != 0, row.integer(3) != 0}); }
  return files;
}

std::vector<MediaRecord> done_of_sizes(Database& database, const std::vector<std::int64_t>& sizes)
{
  const std::set<std::int64_t> wanted(sizes.begin(), sizes.end());
  Statement row(database, k_media_columns + std::string("WHERE status = 'done' AND content_hash <> '' ORDER BY id"));
  std::vector<MediaRecord> found;
  while (row.next()) {
    if (wanted.contains(row.integer(2))) { found.push_back(media_at(row)); }
  }
  return found;
}

void move_media(Database& database, const std::vector<MovedMedia>& moves)
{
  if (moves.empty()) { return; }
  WriteTransaction transaction(database);
  SceneMover scenes(database);
  Statement path(database, "SELECT path FROM vidcv_media WHERE id = ?1");
  Statement place(database, R"(
    UPDATE OR IGNORE vidcv_media SET path = ?2, size = ?3, mtime_ns = ?4, missing_since = NULL WHERE id = ?1)");
  for (const MovedMedia& move : moves) {
    if (!path.bind(move.id).next()) { continue; }  // another program has forgotten it meanwhile
    const std::string before = path.text(0);
    path.reset();
    scenes.move(before, move.now.path);
    place.run(move.id, move.now.path, move.now.size, move.now.mtime_ns);
  }
  transaction.commit();
}

void mark_missing(Database& database, const std::vector<std::int64_t>& gone, const std::vector<std::int64_t>& back)
{
  if (gone.empty() && back.empty()) { return; }
  WriteTransaction transaction(database);
  Statement mark(database, "UPDATE vidcv_media SET missing_since = datetime('now') WHERE id = ?1");
  for (const std::int64_t id : gone) { mark.run(id); }
  Statement clear(database, "UPDATE vidcv_media SET missing_since = NULL WHERE id = ?1");
  for (const std::int64_t id : back) { clear.run(id); }
  transaction.commit();
}

void forget_media(Database& database, const std::vector<std::int64_t>& media_ids)
{
  if (media_ids.empty()) { return; }
  WriteTransaction transaction(database);
  Statement removal(database, "DELETE FROM vidcv_media WHERE id = ?1");
  for (const std::int64_t id : media_ids) { removal.run(id); }
  transaction.commit();
}

}  // namespace vidcv
