#include <vidcv/cli/command.hpp>

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/exit_code.hpp>
#include <vidcv/cli/signals.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <optional>
#include <system_error>

namespace vidcv {
namespace {

/// The options that every command has.
struct CommonOptions {
  bool json = false;
  bool csv = false;
  bool quiet = false;
  bool verbose = false;
  std::string config;

  void declare(CommandLine& line)
  {
    const auto json_lines = line.flag("--json", json, "one JSON object per line on stdout");
    line.flag("--csv", csv, "rows with commas and quotes instead of tabs").excludes(json_lines);
    const auto quietly = line.flag("-q,--quiet", quiet, "errors only: no progress, no warnings");
    line.flag("-v,--verbose", verbose, "report on stderr what is done and how long it takes").excludes(quietly);
    line.value("--config", config, "configuration FILE instead of ./vidcv.toml").value_name("FILE").not_empty();
  }

  Verbosity verbosity() const
  {
    if (quiet) { return Verbosity::quiet; }
    return verbose ? Verbosity::verbose : Verbosity::normal;
  }
};

std::string full_name(const Command& command)
{
  return fmt::format("vidcv {}", command.name());
}

std::string version_text(const Command& command)
{
  std::string text = fmt::format("vidcv {} ({})", version(), commit());
  for (const auto& [name, its_version] : command.components()) { text += fmt::format("\n{} {}", name, its_version); }
  return text;
}

int run_guarded(Report& report, const std::function<int()>& job)
{
  try {
    return job();
  } catch (const UsageError& error) {
    report.fatal(error);
    return k_exit_usage;
  } catch (const Abandoned&) {
    return 0;  // the signal is the program's end
  } catch (const Error& error) {
    report.fatal(error);
  } catch (const std::bad_alloc&) {
    report.fatal(Error("", "", "out of memory"));
  } catch (const std::system_error& error) {
    const bool no_thread = error.code() == std::errc::resource_unavailable_try_again;
    report.fatal(no_thread ? Error("", "", "no thread can be started: see ulimit -u")
                           : Error("", "internal error", error.what()));
  } catch (const std::exception& error) {
    report.fatal(Error("", "internal error", error.what()));
  }
  return k_exit_failed;
}

}  // namespace

DeclaredOption Command::declare_setting(CommandLine& line, Key key)
{
  const Setting& which = setting(key);
  const bool is_text = std::holds_alternative<std::string>(which.fallback);
  const auto take = [this, key](const std::string& text) { m_given[key] = text; };
  const std::string names = (key == Key::threads ? "-j," : "") + std::string(which.option);
  return line.value(names, take, std::string(which.help))
      .value_name(is_text ? "TEXT" : "NUMBER")
      .show_default(comes_from_model(key) ? "the model's" : Config().literal(key));
}

int run_program(Command& command, int argc, char** argv)
{
  watch_signals();
  const std::string program = full_name(command);
  CommandLine line(program, [&] { return version_text(command); });
  CommonOptions common;
  command.declare(line);
  common.declare(line);
  if (const auto code = line.parse({argv + std::min(argc, 1), argv + argc})) { return *code; }

  Report report({program, common.json, common.csv, common.verbosity()});
  const int code = run_guarded(report, [&] {
    command.m_config =
        Config::load(common.config.empty() ? std::nullopt : std::optional<std::filesystem::path>(common.config));
    for (const auto& [key, text] : command.m_given) { command.m_config.set(key, text, setting(key).option); }
    command.run(report);
    return 0;
  });
  if (is_stopping()) { report.warning("stopped; what was finished is saved, and the same command goes on from there"); }
  const int ended_by = is_stopping() ? k_exit_signal + stop_signal() : code;
  const int exit_code = run_guarded(report, [&] { return report.finish(ended_by); });
  command.close();
  if (const int signal = stop_signal()) { die_by(signal); }
  return code != 0 ? code : exit_code;
}

std::string_view version() noexcept
{
  return VIDCV_VERSION;
}

}  // namespace vidcv
