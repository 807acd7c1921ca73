#pragma once

#include <vidcv/core/run_times.hpp>
#include <vidcv/store/media_records.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace vidcv {

enum class RunState {
  running,
  ended,
  killed,   ///< it has not ended, and its process is gone
  unknown,  ///< it has not ended, and its process cannot be looked for: it was on another host, or of schema 6 or older
};

/// One run that had something to do.
struct RunRecord {
  std::int64_t id = 0;
  std::string command;
  std::string shard = {};  ///< I/N; empty: all of the inputs
  std::int64_t inputs = 0;
  std::int64_t skipped = 0;
  std::string started_at = {};               ///< UTC
  std::optional<std::string> ended_at = {};  ///< nothing: see `state`
  std::string last_change = {};              ///< its last sign of life; empty: none
  double seconds = 0;                        ///< from its start to its end, or to the last change
  std::int64_t done = 0;                     ///< files whose status it set last
  std::int64_t failed = 0;                   ///< the same, and those that failed as they had before
  RunTimes times = {};
  RunState state = RunState::unknown;  ///< when it was read
  std::string host = {};
  std::int64_t pid = 0;  ///< on its host; 0: of schema 6 or older
};

/// Writes the start of a run, and which process it is. @returns its id
std::int64_t begin_run(Database& database, const RunRecord& run);

/// A sign of life. What save_clip() and save_failure() write for the run is one as well.
void heartbeat(Database& database, std::int64_t run_id);

/// Counts a failed file of which nothing is stored, because it never existed.
void count_failure(WriteTransaction& within, std::int64_t run_id);

/// Writes the end of a run, however it ended. A run whose inputs all failed as they had failed before, or were never
/// there, leaves no row: it has changed nothing, and each night's attempt would push the run out of sight that says
/// more.
void end_run(Database& database, std::int64_t run_id, const RunTimes& times);

/// The newest runs, newest first.
std::vector<RunRecord> newest_runs(Database& database, int most);

/// What the database holds, in numbers.
struct LedgerCounts {
  std::int64_t done = 0;
  std::int64_t failed = 0;
  std::int64_t missing = 0;  ///< of both, those whose file no longer exists
  std::int64_t frames = 0;
  std::int64_t vectors = 0;  ///< of frames, under all models
};
LedgerCounts count_ledger(Database& database);

/// The files that failed, by path.
std::vector<MediaRecord> failures_of(Database& database);

/// The files that are done, by path.
std::vector<MediaRecord> finished_files(Database& database);

/// A file in the ledger, for those who look whether it is still there.
struct KnownFile {
  std::int64_t id = 0;
  std::string path;
  bool is_missing = false;  ///< by the ledger
  bool was_read = true;     ///< not so: all that is known of it is a failure
};
/// The known files below a folder, and a file that once had its path.
/// @param folder  absolute, as in FileStamp::path, with or without a slash at its end
std::vector<KnownFile> known_at(Database& database, const std::string& folder);

/// Finished files of one of these sizes, by id: what a new file may have been before it was moved.
std::vector<MediaRecord> done_of_sizes(Database& database, const std::vector<std::int64_t>& sizes);

/// A file that has moved.
struct MovedMedia {
  std::int64_t id = 0;
  FileStamp now;
};
/// Notes where files are now: their frames and vectors stay, and a folder project's scene of one stays that scene.
void move_media(Database& database, const std::vector<MovedMedia>& moves);

/// Notes that files are gone, or there again.
void mark_missing(Database& database, const std::vector<std::int64_t>& gone, const std::vector<std::int64_t>& back);

/// Removes files with all that was read of them; see forget.hpp for their scenes.
void forget_media(Database& database, const std::vector<std::int64_t>& media_ids);

}  // namespace vidcv
