#include "doctor_command.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/exit_code.hpp>
#include <vidcv/cli/json.hpp>
#include <vidcv/core/stopwatch.hpp>
#include <vidcv/pipeline/embedding_run.hpp>
#include <vidcv/pipeline/run_settings.hpp>

#include <fmt/format.h>

#include <array>

namespace vidcv {
namespace {

constexpr std::array<std::string_view, 3> k_words = {"ok", "warning", "failure"};  // by Health

}  // namespace

void DoctorCommand::declare(CommandLine& line)
{
  line.describe(
      "Check everything that vidcv needs, and say what to do where something is wrong: processor, LibTorch, decoders,\n"
      "what holds them, memory, the model, a database. Changes nothing. Exit 1 if something fails.",
      "Example:\n  vidcv doctor\n  vidcv doctor --model clip --db film.db");
  line.value("--db", m_database, "check this database as well").value_name("DB").not_empty();
  for (const Key key : {Key::model, Key::device, Key::precision, Key::threads, Key::isolation, Key::busy_timeout}) {
    declare_setting(line, key);
  }
}

void DoctorCommand::run(Report& report)
{
  report.columns({"check", "health", "state", "remedy"});
  tell({"processor", [&] { return processor_finding(config()); }}, report);
  const bool has_encoder =
      tell({"encoder", torch_finding, "put LibTorch back where it was, or install or build vidcv again"}, report);
  tell({"model", [&] { return has_encoder ? model() : description(); },
        "vidcv model import makes another, vidcv model info looks into one"},
       report);
  tell({"decoders", decoders_finding}, report);
  tell({"sandbox", [&] { return sandbox_finding(config()); },
        "install vidcv-decoder of this build beside the program, or set isolation = none"},
       report);
  tell({"memory", [&] { return memory_finding(config()); }}, report);
  tell({"open files", files_finding}, report);
  if (!m_database.empty()) {
    tell({"database", [&] { return database_finding(m_database, config()); },
          "put a copy in its place; of a damaged one sqlite3 DB .recover saves what can be read"},
         report);
  }
  if (m_has_failed) { report.conclude(k_exit_failed); }
}

/// What a check cannot do is what it found. False if it is a failure.
bool DoctorCommand::tell(const Check& check, Report& report)
{
  Finding found;
  try {
    found = check.run();
  } catch (const std::exception& error) {
    found = {Health::failure, error.what(), check.remedy};
  }
  m_has_failed = m_has_failed || found.health == Health::failure;
  ++report.totals().done;
  const std::string_view health = k_words.at(static_cast<std::size_t>(found.health));
  if (report.json()) {
    report.object({{"type", "check"},
                   {"check", check.what},
                   {"health", health},
                   {"state", found.state},
                   {"remedy", found.remedy}});
  } else {
    report.row({check.what, std::string(health), found.state, found.remedy.empty() ? "-" : found.remedy});
  }
  return found.health != Health::failure;
}

Finding DoctorCommand::no_model()
{
  return {Health::warning, "none is named",
          "--model, VIDCV_MODEL or [encoder] model in your configuration; vidcv model import makes one"};
}

/// What is known of a model whose encoder cannot be opened; the model is not to blame.
Finding DoctorCommand::description() const
{
  if (config().text(Key::model).empty()) { return no_model(); }
  const ModelDescription model = read_description(model_file(config()));
  return {Health::warning, fmt::format("{}: {} numbers; it was not opened", model.name, model.dim),
          "see encoder, then look again"};
}

/// Opens it and makes a vector of a gray picture, as any command would.
Finding DoctorCommand::model() const
{
  if (config().text(Key::model).empty()) { return no_model(); }
  const Stopwatch watch;
  LazyEncoder encoder(model_file(config()), encoder_options(config()));
  const auto side = static_cast<std::size_t>(encoder.model().input_size);
  encoder.get().encode(std::vector<float>(3 * side * side, 0.1F));
  return {Health::ok,
          fmt::format("{}: {} numbers on {}, {}; {:.2f} s to the first vector", encoder.model().name,
                      encoder.model().dim, encoder.get().device(), encoder.get().precision(), watch.seconds())};
}

}  // namespace vidcv
