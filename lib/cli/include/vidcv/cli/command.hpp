#pragma once

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/report.hpp>
#include <vidcv/core/config.hpp>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vidcv {

/// One program of the suite. declare() names its options and opens nothing: a wrong option leaves no trace.
/// `--json`, `--quiet`, `--verbose`, `--config`, `--help` and `--version` belong to every command and are declared
/// once, in run_program().
class Command {
 public:
  virtual ~Command() = default;

  /// The word after `vidcv`.
  virtual std::string_view name() const = 0;
  virtual void declare(CommandLine& line) = 0;
  virtual void run(Report& report) = 0;
  /// Lets go of what run() had open: called last, also before a signal ends the process, which runs no destructors.
  virtual void close() noexcept {}
  /// The libraries that this program runs on, with their versions, for `--version`.
  virtual std::vector<std::pair<std::string, std::string>> components() const { return {}; }

 protected:
  /// Declares the option of a setting; its value goes where config() looks first.
  DeclaredOption declare_setting(CommandLine& line, Key key);
  /// The effective settings; from run() on.
  const Config& config() const { return m_config; }

 private:
  friend int run_program(Command& command, int argc, char** argv);
  std::map<Key, std::string> m_given;
  Config m_config;
};

/// The whole of a program: parses, runs, reports, and turns what happened into an exit code. docs/commands.md has the
/// codes.
int run_program(Command& command, int argc, char** argv);

/// vidcv's own version.
std::string_view version() noexcept;

/// The commit that it was built from, as `git describe` names it; `unknown` where it was built from no checkout.
std::string_view commit() noexcept;

}  // namespace vidcv
