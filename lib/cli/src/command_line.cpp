#include <vidcv/cli/command_line.hpp>

#include "declarations.hpp"
#include "usage_text.hpp"

#include <vidcv/cli/exit_code.hpp>
#include <vidcv/cli/report.hpp>
#include <vidcv/core/text.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <utility>

namespace vidcv {
namespace {

/// CLI11 takes `[x,y]` for a list of two, even where that is the name of a file: such a name gets `./` in front, unless
/// it is the value of an option.
void protect_bracketed_names(const CLI::App& app, std::vector<std::string>& arguments)
{
  const auto takes_value = [&](const std::string& word) {
    const CLI::Option* option = word.starts_with('-') ? app.get_option_no_throw(word) : nullptr;
    return option != nullptr && option->get_items_expected_max() > 0;
  };
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool is_bracketed = arguments[i].starts_with('[') && arguments[i].ends_with(']');
    if (is_bracketed && (i == 0 || !takes_value(arguments[i - 1]))) { arguments[i].insert(0, "./"); }
  }
}

/// CLI11 passes over an empty value in `--option=` and takes the next argument for it.
void split_empty_values(std::vector<std::string>& arguments)
{
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    std::string& word = arguments[i];
    if (!word.starts_with("--") || word.find('=') != word.size() - 1) { continue; }
    word.pop_back();
    arguments.insert(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1, std::string());
    ++i;
  }
}

}  // namespace

DeclaredOption& DeclaredOption::required()
{
  m_option->required();
  return *this;
}

DeclaredOption& DeclaredOption::value_name(const std::string& name)
{
  m_option->type_name(name);
  return *this;
}

DeclaredOption& DeclaredOption::one_of(const std::vector<std::string>& words)
{
  m_option->check([words](const std::string& text) {
    const bool is_one = std::ranges::find(words, text) != words.end();
    return is_one ? std::string() : fmt::format("'{}' is not one of {}", text, fmt::join(words, ", "));
  });
  m_option->type_name(fmt::format("{}", fmt::join(words, "|")));
  return *this;
}

DeclaredOption& DeclaredOption::not_negative()
{
  m_option->check([](const std::string& text) {
    const auto number = parse_integer(text);
    const bool is_well = number && *number >= 0 && *number <= std::numeric_limits<int>::max();
    return is_well ? std::string() : fmt::format("'{}' is not a whole number from 0 on", text);
  });
  return *this;
}

DeclaredOption& DeclaredOption::within(int lowest, int highest)
{
  m_option->check([lowest, highest](const std::string& text) {
    const auto number = parse_integer(text);
    const bool is_well = number && *number >= lowest && *number <= highest;
    return is_well ? std::string() : fmt::format("'{}' is not a whole number from {} to {}", text, lowest, highest);
  });
  return *this;
}

/// Refuses what a script's unset variable gives.
DeclaredOption& DeclaredOption::not_empty()
{
  m_option->check([](const std::string& text) { return text.empty() ? "is empty" : ""; });
  return *this;
}

DeclaredOption& DeclaredOption::show_default()
{
  m_option->capture_default_str();
  return *this;
}

DeclaredOption& DeclaredOption::show_default(const std::string& text)
{
  m_option->default_str(text);
  return *this;
}

DeclaredOption& DeclaredOption::needs(const DeclaredOption& other)
{
  m_option->needs(other.m_option);
  return *this;
}

DeclaredOption& DeclaredOption::excludes(const DeclaredOption& other)
{
  m_option->excludes(other.m_option);
  return *this;
}

bool DeclaredOption::is_given() const
{
  return m_option->count() > 0;
}

std::string DeclaredOption::name() const
{
  return m_option->get_positional() ? m_option->get_type_name() : m_option->get_name();
}

CommandLine::CommandLine(const std::string& program, const std::function<std::string()>& version)
    : m_own(std::make_unique<CLI::App>()), m_app(m_own.get())
{
  m_app->name(program);
  m_app->get_formatter()->label("SUBCOMMAND", "ACTION");
  m_app->set_help_flag("-h,--help", "show this help");
  m_app->set_version_flag("--version", version, "show the versions of vidcv and its libraries");
  const auto declare = [this](std::int64_t) { throw CLI::CallForVersion(declarations_json(*m_app), 0); };
  m_app->add_flag_function("--declarations", declare, "the options as JSON")->group("");
}

CommandLine::CommandLine(CLI::App& action) : m_app(&action) {}
CommandLine::~CommandLine() = default;

void CommandLine::describe(const std::string& what, const std::string& examples)
{
  m_app->description(what);
  m_app->footer(examples);
}

DeclaredOption CommandLine::flag(const std::string& names, bool& value, const std::string& help)
{
  return DeclaredOption(m_app->add_flag(names, value, help)->disable_flag_override());
}

DeclaredOption CommandLine::value(const std::string& names, std::string& value, const std::string& help)
{
  return DeclaredOption(m_app->add_option(names, value, help));
}

DeclaredOption CommandLine::value(const std::string& names, std::optional<int>& value, const std::string& help)
{
  return DeclaredOption(m_app->add_option(names, value, help));
}

DeclaredOption CommandLine::value(const std::string& names, const std::function<void(const std::string&)>& take,
                                  const std::string& help)
{
  return DeclaredOption(m_app->add_option_function<std::string>(names, take, help));
}

DeclaredOption CommandLine::values(const std::string& names, std::vector<std::string>& values, const std::string& help)
{
  CLI::Option* option = m_app->add_option(names, values, help);
  if (option->get_positional()) {
    option->expected(-1);
    m_takes_list = true;
  } else {
    option->allow_extra_args(false);
  }
  return DeclaredOption(option);
}

CommandLine& CommandLine::action(const std::string& name, const std::string& help)
{
  CLI::App* added = m_app->add_subcommand(name, help);
  added->fallthrough();
  added->footer("Also: the options of " + m_app->get_name() + " --help");
  m_app->require_subcommand(1);
  m_actions.push_back(std::unique_ptr<CommandLine>(new CommandLine(*added)));
  return *m_actions.back();
}

bool CommandLine::chosen() const
{
  return m_app->parsed();
}

void CommandLine::only_with(const DeclaredOption& option, const std::vector<DeclaredOption>& others)
{
  refuse_if([option, others] {
    if (!option.is_given() || std::ranges::any_of(others, &DeclaredOption::is_given)) { return std::string(); }
    std::vector<std::string> names;
    for (const DeclaredOption& other : others) { names.push_back(other.name()); }
    return fmt::format("{} has no effect without {}", option.name(), fmt::join(names, " or "));
  });
}

int CommandLine::refuse(const std::string& fault) const
{
  say(fmt::format("{}: {} (see {} --help)\n", m_app->get_name(), one_line(fault), help_name(*m_app)));
  return k_exit_usage;
}

std::optional<int> CommandLine::parse(std::vector<std::string> arguments)
{
  if (m_takes_list) { protect_bracketed_names(*m_app, arguments); }
  split_empty_values(arguments);
  std::ranges::reverse(arguments);  // CLI11 takes them from the end
  try {
    m_app->parse(arguments);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) { return m_app->exit(error); }  // --help, --version
    return refuse(usage_text(*m_app, error));
  }
  for (const auto& fault : m_faults) {
    const std::string text = fault();
    if (!text.empty()) { return refuse(text); }
  }
  return std::nullopt;
}

}  // namespace vidcv
