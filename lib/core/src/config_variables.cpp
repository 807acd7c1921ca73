#include <vidcv/core/config.hpp>
#include <vidcv/core/error.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <numeric>
#include <string>
#include <vector>

namespace vidcv {
namespace {

constexpr std::string_view k_prefix = "VIDCV_";
constexpr std::size_t k_most_slips = 3;  // letters by which a name may differ from the one that was meant

/// Variables that are not settings: those of parts, of scripts/slurm and of the tests.
constexpr std::array<std::string_view, 2> k_others = {"VIDCV_SHARD_COUNT", "VIDCV_REQUEUES"};
constexpr std::string_view k_of_tests = "VIDCV_TEST_";

/// Kubernetes sets these in each pod where a service is called vidcv: VIDCV_SERVICE_HOST, VIDCV_PORT_80_TCP and so on.
bool is_of_a_service(std::string_view name)
{
  return name.starts_with("VIDCV_SERVICE_") || name == "VIDCV_PORT" || name.starts_with("VIDCV_PORT_");
}

bool is_known(std::string_view name)
{
  return std::ranges::find(k_others, name) != k_others.end() || name.starts_with(k_of_tests) || is_of_a_service(name) ||
         std::ranges::any_of(settings(), [&](const Setting& which) { return which.variable() == name; });
}

/// How many letters must be put in, taken out or replaced to make one word of the other.
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
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

/// `--max-frames` as a variable: VIDCV_MAX_FRAMES.
std::string option_as_variable(const Setting& which)
{
  std::string name(k_prefix);
  for (const char c : which.option.substr(2)) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

/// The variable that was meant by a name that is not known; empty where none is near.
std::string meant_by(std::string_view name)
{
  std::string nearest;
  std::size_t least = k_most_slips + 1;
  for (const Setting& which : settings()) {
    const std::string variable = which.variable();
    if (option_as_variable(which) == name) { return variable; }
    const bool is_part = variable.starts_with(name) && name.size() > k_prefix.size() + k_most_slips;
    const std::size_t slips = is_part ? 1 : distance(name, variable);
    if (slips >= least) { continue; }
    least = slips;
    nearest = variable;
  }
  return nearest;
}

/// An unknown variable is refused as an unknown key of a file is: what was meant would be ignored.
void require_known(std::string_view entry)
{
  const std::string_view name = entry.substr(0, entry.find('='));
  const bool is_set = name.size() + 1 < entry.size();  // empty counts as unset, as scripts mean it
  if (!name.starts_with(k_prefix) || !is_set || is_known(name)) { return; }
  const std::string meant = meant_by(name);
  throw UsageError(one_line(name), "configuration",
                   "unknown variable" + (meant.empty() ? std::string() : fmt::format("; did you mean {}?", meant)));
}

}  // namespace

void Config::take_variables()
{
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) { require_known(*entry); }
  for (const Setting& which : settings()) {
    const char* text = std::getenv(which.variable().c_str());
    if (text == nullptr || *text == '\0') { continue; }  // empty counts as unset
    set(which.key, text, which.variable());
  }
}

}  // namespace vidcv
