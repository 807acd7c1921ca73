#include <vidcv/cli/command.hpp>

#include <vidcv/cli/signals.hpp>
#include <vidcv/core/text.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <optional>

namespace vidcv {
namespace {

constexpr int k_exit_failed = 1;
constexpr int k_exit_usage = 2;

/// Refuses the empty name that a script's unset variable gives.
std::string names_a_file(const std::string& name)
{
  return name.empty() ? "names no file" : "";
}

/// The options that every command has.
struct CommonOptions {
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  std::string config;

  void declare(CLI::App& app)
  {
    app.add_flag("--json", json, "one JSON object per line on stdout");
    app.add_flag("-q,--quiet", quiet, "no progress, no warnings; errors only");
    app.add_flag("-v,--verbose", verbose, "say on stderr what is done and how long it takes")->excludes("--quiet");
    app.add_option("--config", config, "configuration FILE in place of ./vidcv.toml")
        ->type_name("FILE")
        ->check(names_a_file);
  }

  Verbosity verbosity() const
  {
    if (quiet) { return Verbosity::quiet; }
    return verbose ? Verbosity::verbose : Verbosity::normal;
  }
};

std::string full_name(const Command& command)
{
  return command.name().empty() ? "vidcv" : fmt::format("vidcv {}", command.name());
}

std::string version_text(const Command& command)
{
  std::string text = fmt::format("vidcv {}", version());
  for (const auto& [name, its_version] : command.components()) { text += fmt::format("\n{} {}", name, its_version); }
  return text;
}

/// The arguments in the order that CLI11 wants, last one first. It takes `[x,y]` for a list of two, even where that is
/// the name of a file: such a name gets `./` in front, unless it is the value of an option.
std::vector<std::string> arguments_of(const Command& command, int argc, char** argv)
{
  std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  for (std::size_t i = 0; command.takes_files() && i < arguments.size(); ++i) {
    const bool is_value = i > 0 && arguments[i - 1].starts_with("-") && arguments[i - 1] != "--";
    const bool is_bracketed = arguments[i].starts_with('[') && arguments[i].ends_with(']');
    if (is_bracketed && !is_value) { arguments[i].insert(0, "./"); }
  }
  std::ranges::reverse(arguments);
  return arguments;
}

/// Parses; the exit code if that already ends the program.
std::optional<int> parse(CLI::App& app, const std::string& program, std::vector<std::string> arguments)
{
  try {
    app.parse(arguments);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) { return app.exit(error); }  // --help, --version
    fmt::print(stderr, "{}: {} (see {} --help)\n", program, one_line(error.what()), program);
    return k_exit_usage;
  }
}

int run_guarded(Report& report, const std::function<int()>& job)
{
  try {
    return job();
  } catch (const UsageError& error) {
    report.fatal(error);
    return k_exit_usage;
  } catch (const Error& error) {
    report.fatal(error);
  } catch (const std::bad_alloc&) {
    report.fatal(Error("", "", "out of memory"));
  } catch (const std::exception& error) {
    report.fatal(Error("", "internal error", error.what()));
  }
  return k_exit_failed;
}

}  // namespace

void Command::declare_setting(CLI::App& app, Key key)
{
  const Setting& which = setting(key);
  const bool is_text = std::holds_alternative<std::string>(which.fallback);
  app.add_option_function<std::string>(
         std::string(which.option), [this, key](const std::string& text) { m_given[key] = text; },
         std::string(which.help))
      ->type_name(is_text ? "TEXT" : "NUMBER")
      ->default_str(Config().literal(key));
}

int run_program(Command& command, int argc, char** argv)
{
  watch_signals();
  const std::string program = full_name(command);
  CommonOptions common;
  CLI::App app;
  app.name(program);
  app.set_help_flag("-h,--help", "show this and end");
  app.set_version_flag(
      "--version", [&] { return version_text(command); }, "show the versions of vidcv and its libraries, and end");
  command.declare(app);
  common.declare(app);
  if (const auto code = parse(app, program, arguments_of(command, argc, argv))) { return *code; }

  Report report({program, common.json, common.verbosity()});
  const int code = run_guarded(report, [&] {
    command.m_config =
        Config::load(common.config.empty() ? std::nullopt : std::optional<std::filesystem::path>(common.config));
    for (const auto& [key, text] : command.m_given) { command.m_config.set(key, text, setting(key).option); }
    command.run(report);
    return 0;
  });
  const int counted = run_guarded(report, [&] { return report.finish(); });
  if (const int signal = stop_signal()) { die_by(signal); }
  return code != 0 ? code : counted;
}

std::string_view version() noexcept
{
  return VIDCV_VERSION;
}

}  // namespace vidcv
