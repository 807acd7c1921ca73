#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace vidcv {

/// An option or argument just declared; further properties are set on it.
class DeclaredOption {
 public:
  explicit DeclaredOption(CLI::Option* option) : m_option(option) {}

  DeclaredOption& required();
  DeclaredOption& value_name(const std::string& name);
  DeclaredOption& one_of(const std::vector<std::string>& words);
  DeclaredOption& not_negative();  // of an int
  DeclaredOption& within(int lowest, int highest);
  DeclaredOption& not_empty();
  /// Shows the value that the variable has already as the default.
  DeclaredOption& show_default();
  DeclaredOption& show_default(const std::string& text);
  DeclaredOption& needs(const DeclaredOption& other);
  DeclaredOption& excludes(const DeclaredOption& other);

  /// Whether the command line had it; from parse() on.
  bool is_given() const;
  /// As messages name it.
  std::string name() const;

 private:
  CLI::Option* m_option;
};

/// The command line of a program: what it takes, with help for each, and where the values go. Names are `-q,--quiet`
/// for options, and a plain word for an argument by its place. Variables must live until parse().
/// This is all of CLI11 that a command sees: its header takes half a minute to compile.
class CommandLine {
 public:
  /// @param version  the text for --version, asked for only then
  CommandLine(const std::string& program, const std::function<std::string()>& version);
  ~CommandLine();

  void describe(const std::string& what, const std::string& examples);
  DeclaredOption flag(const std::string& names, bool& value, const std::string& help);
  DeclaredOption value(const std::string& names, std::string& value, const std::string& help);
  DeclaredOption value(const std::string& names, std::optional<int>& value, const std::string& help);
  DeclaredOption value(const std::string& names, const std::function<void(const std::string&)>& take,
                       const std::string& help);
  /// An option that may be given several times, one value a time, or an argument that takes all that have no option.
  DeclaredOption values(const std::string& names, std::vector<std::string>& values, const std::string& help);

  /// `option` has an effect only beside one of `others`; without them it is refused.
  void only_with(const DeclaredOption& option, const std::vector<DeclaredOption>& others);
  /// Refuses a command line that can be parsed: `fault` is asked then, and says what is wrong, or nothing.
  void refuse_if(const std::function<std::string()>& fault) { m_faults.push_back(fault); }

  /// One of several things that the program does; exactly one must be chosen as soon as one is declared. Options of the
  /// program may stand behind it.
  CommandLine& action(const std::string& name, const std::string& help);
  /// Whether parse() met this action.
  bool chosen() const;

  /// Sets the variables. An exit code if that already ends the program: 0 after --help and --version, 2 with one line
  /// on stderr for what is wrong.
  std::optional<int> parse(std::vector<std::string> arguments);

 private:
  explicit CommandLine(CLI::App& action);
  int refuse(const std::string& fault) const;

  std::unique_ptr<CLI::App> m_own;  // none in an action
  CLI::App* m_app;
  std::vector<std::unique_ptr<CommandLine>> m_actions;
  std::vector<std::function<std::string()>> m_faults;
  bool m_takes_list = false;
};

}  // namespace vidcv
