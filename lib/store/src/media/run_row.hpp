#pragma once

#include "database/statement.hpp"

namespace vidcv {

/// A run's sign of life; nothing for run 0. For use within a transaction.
inline void touch_run(Database& database, std::int64_t run_id)
{
  if (run_id == 0) { return; }
  Statement(database, "UPDATE vidcv_runs SET changed_at = datetime('now') WHERE id = ?1").run(run_id);
}

/// The same, for a file that failed as it had before.
inline void count_repeated(Database& database, std::int64_t run_id)
{
  if (run_id == 0) { return; }
  Statement(database, "UPDATE vidcv_runs SET repeated = repeated + 1, changed_at = datetime('now') WHERE id = ?1")
      .run(run_id);
}

}  // namespace vidcv
