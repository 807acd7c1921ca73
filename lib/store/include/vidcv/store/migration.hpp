#pragma once

#include <vidcv/store/database.hpp>

#include <string>
#include <vector>

namespace vidcv {

enum class StepStatus { present, pending, applied };

/// One thing that the schema must have: a table, a column, an index, in the order of the files in schema/.
struct MigrationStep {
  std::string id;  ///< `0002.assets.clip_embedding`: file number and thing
  StepStatus status = StepStatus::pending;
  bool service = false;  ///< belongs to the Python service's tables, not to vidcv's own
  std::string sql;
};

/// The newest schema this program knows (vidcv_schema.version).
int schema_version();

/// What migrate() would find and do; changes nothing.
/// @throws StoreError for a schema newer than this program, a view or another type in the way, each by name
std::vector<MigrationStep> plan_migration(Database& database);

/// Looks, decides, changes and checks, all in one transaction; records a row in vidcv_schema if anything was applied.
/// A database without any of the service's tables gets them too.
/// @returns every step with status present or applied
/// @throws StoreError; then nothing has changed
std::vector<MigrationStep> migrate(Database& database);

/// For programs that work on a database: an empty one is created in full, vidcv's own tables are brought up to date,
/// and pending steps on the service's tables are refused with the way out (`run vidcv migrate DB`).
/// @throws StoreError
void prepare_database(Database& database);

}  // namespace vidcv
