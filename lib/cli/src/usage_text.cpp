#include "usage_text.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <string_view>
#include <vector>

namespace vidcv {
namespace {

/// The action that was met, or the program.
const CLI::App* met(const CLI::App& app)
{
  const std::vector<CLI::App*> actions = app.get_subcommands();
  return actions.empty() ? &app : actions.front();
}

/// Options of the action that was met, and of the program.
std::vector<const CLI::Option*> options_of(const CLI::App& app)
{
  std::vector<const CLI::Option*> all = met(app)->get_options();
  if (met(app) != &app) {
    const std::vector<const CLI::Option*> common = app.get_options();
    all.insert(all.end(), common.begin(), common.end());
  }
  return all;
}

/// How many letters must be replaced, added or left out to make `b` of `a`.
std::size_t distance(std::string_view a, std::string_view b)
{
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

/// The option whose long name is nearest to `word`; empty where none is near.
std::string nearest(const CLI::App& app, std::string_view word)
{
  std::string best;
  std::size_t least = 3;
  for (const CLI::Option* option : options_of(app)) {
    for (const std::string& name : option->get_lnames()) {
      const std::size_t away = distance(word, "--" + name);
      if (away < least) {
        least = away;
        best = "--" + name;
      }
    }
  }
  return best;
}

/// The message about the first unknown option; empty if all are known.
std::string text_of_unknown(const CLI::App& app)
{
  const std::vector<std::string> words = app.remaining(true);
  const auto option = std::ranges::find_if(words, [](const std::string& w) { return w.size() > 1 && w[0] == '-'; });
  if (option == words.end()) { return {}; }
  const std::string name = option->substr(0, option->find('='));
  const std::string near = nearest(app, name);
  if (!near.empty()) { return fmt::format("{}: no such option; did you mean {}?", name, near); }
  const bool is_long = name.starts_with("--");
  return name + (is_long ? ": no such option" : ": no such option; a name that begins with a dash follows --");
}

std::string text_of_extra(const CLI::App& app)
{
  const std::vector<std::string> words = app.remaining(true);
  const std::string unknown = text_of_unknown(app);
  return unknown.empty() && !words.empty() ? words.front() + ": one argument too many" : unknown;
}

/// The option or argument that CLI11 calls so.
const CLI::Option* option_called(const CLI::App& app, const std::string& name)
{
  const std::vector<const CLI::Option*> all = options_of(app);
  const auto found = std::ranges::find_if(all, [&](const CLI::Option* option) { return option->get_name() == name; });
  return found == all.end() ? nullptr : *found;
}

/// An option that is not known may be the one that is missing.
std::string text_of_missing(const CLI::App& app, const std::string& said)
{
  if (const std::string unknown = text_of_unknown(app); !unknown.empty()) { return unknown; }
  if (said.find("ubcommand") == std::string::npos) {
    const std::string name = said.substr(0, said.find(" is required"));
    const CLI::Option* option = option_called(app, name);
    return (option != nullptr && option->get_positional() ? option->get_type_name() : name) + " is missing";
  }
  std::vector<std::string> names;
  for (const CLI::App* action : app.get_subcommands(nullptr)) { names.push_back(action->get_name()); }
  const std::vector<std::string> words = app.remaining();
  const std::string known = fmt::format("{}", fmt::join(names, ", "));
  return words.empty() ? "an action is missing: " + known : fmt::format("{}: no such action: {}", words.front(), known);
}

std::string text_of_count(const CLI::App& app, const std::string& said)
{
  for (const CLI::Option* option : options_of(app)) {
    const auto most = static_cast<std::size_t>(std::max(option->get_items_expected_max(), 1));
    if (option->count() <= most) { continue; }
    const std::string times = option->count() == 2 ? "twice" : fmt::format("{} times", option->count());
    return fmt::format("{} is given {} and takes one value", option->get_name(), times);
  }
  const std::size_t colon = said.find(": ");
  if (colon == std::string::npos) {  // of a flag, whose dashes CLI11 leaves out
    const std::string name = said.substr(0, said.find(' '));
    return (name.size() == 1 ? "-" : "--") + name + " takes no value";
  }
  return said.substr(0, colon) + ": its value is missing";
}

/// `said` with `word` between two options replaced.
std::string with_words(std::string said, std::string_view word, std::string_view between, std::string_view behind)
{
  const std::size_t at = said.find(word);
  return at == std::string::npos ? said : said.replace(at, word.size(), between) + std::string(behind);
}

template <typename Kind>
bool is(const CLI::Error& error)
{
  return dynamic_cast<const Kind*>(&error) != nullptr;
}

}  // namespace

std::string usage_text(const CLI::App& app, const CLI::Error& error)
{
  std::string said = error.what();
  if (is<CLI::ExtrasError>(error)) { return text_of_extra(app); }
  if (is<CLI::RequiredError>(error)) { return text_of_missing(app, said); }
  if (is<CLI::ArgumentMismatch>(error)) { return text_of_count(app, said); }
  if (is<CLI::RequiresError>(error)) { return with_words(said, " requires ", " has no effect without ", ""); }
  if (is<CLI::ExcludesError>(error)) { return with_words(said, " excludes ", " and ", " cannot be combined"); }
  return said;
}

std::string help_name(const CLI::App& app)
{
  const CLI::App* action = met(app);
  return action == &app ? app.get_name() : app.get_name() + " " + action->get_name();
}

}  // namespace vidcv
