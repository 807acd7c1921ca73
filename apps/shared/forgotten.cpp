#include "forgotten.hpp"

#include <vidcv/cli/json.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>

namespace vidcv {
namespace {

void write_forgotten(const Forgotten& thing, bool dry_run, Report& report)
{
  const bool is_file = thing.what == "file";
  const std::string name = is_file ? percent_unescaped(thing.name) : thing.name;
  if (!report.json()) { return report.row({thing.what, name, fmt::format("{}", thing.rows)}); }
  nlohmann::ordered_json value = {{"type", "forgotten"}, {"what", thing.what}};
  if (is_file) {
    set_path(value, name);
  } else {
    value["name"] = name;
  }
  value.update({{"rows", thing.rows}, {"dry_run", dry_run}});
  report.object(value);
}

}  // namespace

void warn_of_kept(const Forgotten& thing, Report& report)
{
  report.warning(
      fmt::format("{} {} stays: another program has rows of it; vidcv forget --scene with its project "
                  "forgets it",
                  thing.what, one_line(thing.name)));
}

void report_forgotten(const std::vector<Forgotten>& gone, bool dry_run, Report& report)
{
  report.columns({"what", "name", "rows"});
  for (const Forgotten& thing : gone) {
    if (thing.is_kept) {
      warn_of_kept(thing, report);
      continue;
    }
    write_forgotten(thing, dry_run, report);
    ++report.totals().done;
  }
}

}  // namespace vidcv
