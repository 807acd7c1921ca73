#pragma once

#include "database/statement.hpp"

#include <vidcv/store/media_records.hpp>

#include <map>
#include <optional>
#include <string>
#include <tuple>

namespace vidcv {

/// A row of vidcv_media as merges compare it: of two rows of one path the greater wins, whoever has it.
struct MergedMedia {
  MediaRecord media;
  std::string changed_at;
  std::optional<std::string> missing_since;
  std::string run;  ///< its uuid; empty: of none

  bool is_done() const { return media.status == "done"; }
  /// Which file it is, and how it was examined: rows that are equal in this have the same frames.
  auto freshness() const
  {
    return std::tuple(is_done(), media.stamp.mtime_ns, media.stamp.size, media.content_hash, media.plan);
  }
  /// Decides between rows that are equal in look().
  auto detail() const { return std::tuple(media.tries, changed_at, run, media.stage, media.error, media.decoded); }
};

/// The frames of the file ?1, of whatever schema the database has.
std::string merged_frames_query(Database& database);
/// The columns that MergedMedia is read from; a column that an older schema lacks is its default.
/// @param where  what follows FROM vidcv_media m
std::string merged_media_query(Database& database, const std::string& where);
MergedMedia merged_media_at(Statement& row);

/// The rows of vidcv_runs; what an older schema lacks is NULL.
std::string merged_runs_query(Database& database);

/// Ids of one database in another.
using IdMap = std::map<std::int64_t, std::int64_t>;

/// The rows of one table of one database, read for a merge; none where its schema has no such table.
class MergeRows {
 public:
  MergeRows(Database& database, const std::string& table, const std::string& sql);
  /// Calls `take` for each row.
  template <typename Take, typename... Values>
  void each(Take&& take, const Values&... values)
  {
    if (!m_statement) { return; }
    m_statement->bind(values...);
    while (m_statement->next()) { take(*m_statement); }
    m_statement->reset();
  }

 private:
  std::optional<Statement> m_statement;
};

}  // namespace vidcv
