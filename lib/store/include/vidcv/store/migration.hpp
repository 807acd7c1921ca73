#pragma once

#include <vidcv/store/database.hpp>

#include <functional>
#include <string>
#include <vector>

namespace vidcv {

enum class StepStatus { present, pending, applied };

/// One thing that the schema must have (a table, a column, an index) or must not have (a view), in the order of the
/// files in schema/.
struct MigrationStep {
  std::string id;  ///< `0002.assets.clip_embedding`: file number and thing
  StepStatus status = StepStatus::pending;
  bool service = false;  ///< belongs to the Python service's tables, not to vidcv's own
  std::string sql;
  bool is_needed_to_read = true;  ///< not so: an index, which the service's own migrations may have dropped
};

/// The newest schema this program knows (vidcv_schema.version).
int schema_version();

/// What migrate() would find and do; changes nothing.
/// @throws StoreError for a schema newer than this program, a view or another type in the way, each by name
std::vector<MigrationStep> plan_migration(Database& database);

/// Looks, decides, changes and checks, all in one transaction; a damaged database is refused before it changes; records
/// a row in vidcv_schema if anything was applied. A database without any of the service's tables gets them too. Ends in
/// WAL.
/// @param before_first_change  called once and within the transaction, when a database that is not empty and that vidcv
///                             never changed before is about to change: the moment for a backup
/// @returns every step with status present or applied
/// @throws StoreError, and what the call throws; then nothing has changed
std::vector<MigrationStep> migrate(Database& database, const std::function<void()>& before_first_change = [] {});

/// For programs that work on a database: an empty one is created in full, vidcv's own tables are brought up to date,
/// and pending steps on the service's tables are refused with the way out (`run vidcv migrate DB`).
/// @throws StoreError
void prepare_database(Database& database);

/// Looks at all of a database.
/// @throws StoreError for a damaged one, with the way out
void require_sound(Database& database);

/// For programs that only read: refuses a database whose tables or columns are incomplete, with the way out.
/// @throws StoreError
void require_current(Database& database);

}  // namespace vidcv
