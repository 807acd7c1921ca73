#include <vidcv/store/migration.hpp>

#include "database/statement.hpp"
#include "schema/schema_snapshot.hpp"
#include "schema/schema_steps.hpp"

#include <vidcv/core/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace vidcv {
namespace {

using Steps = std::vector<MigrationStep>;

[[noreturn]] void refuse(Database& database, const std::string& cause)
{
  throw StoreError(database.path().string(), "migrate", cause);
}

/// A schema that a later program made may mean things that this one cannot know.
void require_known_version(Database& database, const SchemaSnapshot& schema)
{
  if (schema.find("vidcv_schema") == nullptr) { return; }
  Statement newest(database, "SELECT coalesce(max(version), 0) FROM vidcv_schema");
  newest.next();
  if (newest.integer(0) > schema_version()) {
    refuse(database, fmt::format("schema version {} is newer than this program knows ({}): update vidcv",
                                 newest.integer(0), schema_version()));
  }
}

void require_type(Database& database, const std::string& column, const std::string& declared, const std::string& wanted)
{
  if (!wanted.empty() && !is_accepted_type(declared, wanted)) {
    refuse(database, fmt::format("column {} is declared {}, vidcv needs {}", column,
                                 declared.empty() ? "without a type" : declared, wanted));
  }
}

bool has_table(Database& database, const SchemaStep& step, SchemaSnapshot& schema)
{
  const SchemaSnapshot::Entry* entry = schema.find(step.table);
  if (entry == nullptr) { return false; }
  if (entry->type != "table") {
    refuse(database, fmt::format("{} is a {}, vidcv needs a table of that name", step.table, entry->type));
  }
  for (const ColumnNeed& need : step.needs) {
    const std::string column = step.table + "." + need.name;
    const auto declared = schema.column_type(step.table, need.name);
    if (!declared) { refuse(database, fmt::format("column {} is missing: not a table of the service", column)); }
    require_type(database, column, *declared, need.type);
  }
  return true;
}

bool has_column(Database& database, const SchemaStep& step, SchemaSnapshot& schema)
{
  const auto declared = schema.column_type(step.table, step.name);
  if (declared) { require_type(database, step.table + "." + step.name, *declared, step.type); }
  return declared.has_value();
}

bool has_index(Database& database, const SchemaStep& step, const SchemaSnapshot& schema)
{
  const SchemaSnapshot::Entry* entry = schema.find(step.name);
  if (entry == nullptr) { return false; }
  if (entry->type != "index" || entry->table != step.table) {
    refuse(database, fmt::format("{} {} on {} is in the way of the index on {}", entry->type, step.name, entry->table,
                                 step.table));
  }
  return true;
}

bool is_without_view(const SchemaStep& step, const SchemaSnapshot& schema)
{
  const SchemaSnapshot::Entry* entry = schema.find(step.name);
  return entry == nullptr || entry->type != "view";
}

bool is_present(Database& database, const SchemaStep& step, SchemaSnapshot& schema)
{
  switch (step.thing) {
    case SchemaThing::table:
      return has_table(database, step, schema);
    case SchemaThing::column:
      return has_column(database, step, schema);
    case SchemaThing::index:
      return has_index(database, step, schema);
    case SchemaThing::no_view:
      return is_without_view(step, schema);
  }
  return false;
}

bool is_pending(const MigrationStep& step)
{
  return step.status == StepStatus::pending;
}

void record_version(Database& database)
{
  Statement(database, "INSERT INTO vidcv_schema (version, applied_at, applied_by) VALUES (?1, datetime('now'), ?2)")
      .run(schema_version(), "vidcv " VIDCV_VERSION);
}

/// Changes, then looks again: what was applied is what is there. For use within a transaction.
void apply_pending(Database& database, Steps& steps)
{
  for (MigrationStep& step : steps) {
    if (!is_pending(step)) { continue; }
    execute(database, step.sql);
    step.status = StepStatus::applied;
  }
  for (const MigrationStep& step : plan_migration(database)) {
    if (is_pending(step)) { refuse(database, step.id + " is not there after it was applied"); }
  }
  record_version(database);
}

/// Whether somebody else made the database and vidcv has not changed it yet.
bool is_untouched(Database& database)
{
  const SchemaSnapshot schema(database);
  return !schema.is_empty() && schema.find("vidcv_schema") == nullptr;
}

/// The service's tables change when their owner says so, not as a side effect of embedding a picture.
void require_no_service_steps(Database& database, const Steps& steps)
{
  const auto is_service = [](const MigrationStep& step) { return step.service && is_pending(step); };
  const auto first = std::ranges::find_if(steps, is_service);
  if (first == steps.end()) { return; }
  throw StoreError(
      database.path().string(), "open",
      fmt::format("{} of the service's tables, columns and indexes are missing, first {}: run vidcv migrate {}",
                  std::ranges::count_if(steps, is_service), first->id, database.path().string()));
}

}  // namespace

Steps plan_migration(Database& database)
{
  SchemaSnapshot schema(database);
  require_known_version(database, schema);
  Steps steps;
  for (const SchemaStep& step : schema_steps()) {
    const StepStatus status = is_present(database, step, schema) ? StepStatus::present : StepStatus::pending;
    const bool is_needed_to_read = step.thing == SchemaThing::table || step.thing == SchemaThing::column;
    steps.push_back({step.id, status, step.service, step.sql, is_needed_to_read});
  }
  return steps;
}

void require_sound(Database& database)
{
  Statement check(database, "PRAGMA quick_check(1)");
  check.next();
  const std::string found = check.text(0);
  if (found != "ok") { refuse(database, damage_cause(found.substr(found.rfind('\n') + 1))); }
}

Steps migrate(Database& database, const std::function<void()>& before_first_change)
{
  Steps steps = plan_migration(database);
  if (std::ranges::any_of(steps, is_pending)) {
    WriteTransaction transaction(database);
    steps = plan_migration(database);  // another program may have been faster
    if (std::ranges::any_of(steps, is_pending)) {
      require_sound(database);  // a migration reads little: damage elsewhere would go unnoticed, and grow
      if (is_untouched(database)) { before_first_change(); }
      apply_pending(database, steps);
    }
    transaction.commit();
  }
  database.use_wal();
  return steps;
}

void require_current(Database& database)
{
  const Steps steps = plan_migration(database);
  const auto first =
      std::ranges::find_if(steps, [](const MigrationStep& step) { return is_pending(step) && step.is_needed_to_read; });
  if (first == steps.end()) { return; }
  throw StoreError(database.path().string(), "open",
                   fmt::format("step {} is pending: run vidcv migrate {}", first->id, database.path().string()));
}

void prepare_database(Database& database)
{
  if (std::ranges::none_of(plan_migration(database), is_pending)) { return; }
  WriteTransaction transaction(database);
  Steps steps = plan_migration(database);
  if (!SchemaSnapshot(database).is_empty()) { require_no_service_steps(database, steps); }
  if (std::ranges::any_of(steps, is_pending)) { apply_pending(database, steps); }
  transaction.commit();
}

}  // namespace vidcv
