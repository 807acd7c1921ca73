#include "index_command.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/json.hpp>
#include <vidcv/pipeline/vector_search.hpp>
#include <vidcv/store/migration.hpp>

#include <fmt/format.h>

namespace vidcv {

void IndexCommand::declare(CommandLine& line)
{
  line.describe(
      "Make the index of a database's vectors, which the first search makes otherwise. It lies beside the database, "
      "is\n"
      "made again when it is stale, and can be deleted at any time.",
      "Example:\n  vidcv index --db film.db");
  line.value("--db", m_database_file, "the database").required().value_name("DB").not_empty();
  declare_setting(line, Key::busy_timeout);
}

void IndexCommand::run(Report& report)
{
  Database database(m_database_file, OpenMode::read_only, config().number(Key::busy_timeout));
  require_current(database);
  report.columns({"index", "model", "vectors"});
  for (const StoredModel& model : models_with_vectors(database)) {
    const std::size_t rows = write_index(database, model);
    const std::filesystem::path file = index_file(database.path(), model);
    ++report.totals().done;
    if (report.json()) {
      nlohmann::ordered_json value = {{"type", "index"}};
      set_path(value, file.native());
      value.update({{"model", model.fingerprint}, {"vectors", rows}});
      report.object(value);
    } else {
      report.row({file.native(), model.name, fmt::format("{}", rows)});
    }
  }
  if (report.totals().done == 0) { report.warning("the database has no vectors of frames"); }
}

}  // namespace vidcv
