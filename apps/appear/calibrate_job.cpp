#include "calibrate_job.hpp"

#include <vidcv/cli/json.hpp>
#include <vidcv/matching/calibration.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace vidcv {
using json = nlohmann::ordered_json;
namespace {

std::size_t count_from(const std::vector<double>& scores, std::optional<double> threshold)
{
  return threshold ? static_cast<std::size_t>(std::ranges::count_if(scores, [&](double x) { return x >= *threshold; }))
                   : 0;
}

json histogram_json(const std::vector<ScoreBin>& bins)
{
  json list = json::array();
  for (const ScoreBin& bin : bins) {
    list.push_back(
        {{"from", bin.from}, {"to", bin.to}, {"pairs", bin.pairs}, {"same", bin.same}, {"other", bin.other}});
  }
  return list;
}

void report_rows(const Calibration& found, const std::vector<std::string>& suggestion, Report& report)
{
  report.columns({"suggested", "in_force", "method", "accuracy", "pairs", "pairs_at_suggested", "pairs_in_force"});
  report.row(suggestion);
  report.columns({"from", "to", "pairs", "same", "other"});
  for (const ScoreBin& bin : found.histogram) {
    report.row({fmt::format("{:.2f}", bin.from), fmt::format("{:.2f}", bin.to), fmt::format("{}", bin.pairs),
                fmt::format("{}", bin.same), fmt::format("{}", bin.other)});
  }
}

}  // namespace

void report_calibration(Database& database, const ProjectClips& part, const MatchSettings& settings, Report& report)
{
  const CalibrationScores scores = calibration_scores(database, part, settings);
  const Calibration found = calibrate(scores.pairs, scores.same, scores.other);
  const std::size_t suggested = count_from(scores.pairs, found.threshold);
  if (report.json()) {
    report.object({{"type", "calibration"},
                   {"project_id", part.project.id},
                   {"threshold", or_null(found.threshold)},
                   {"in_force", settings.threshold},
                   {"method", found.method},
                   {"accuracy", or_null(found.accuracy)},
                   {"pairs", scores.pairs.size()},
                   {"pairs_at_threshold", suggested},
                   {"pairs_in_force", scores.pairs_in_force},
                   {"histogram", histogram_json(found.histogram)}});
  } else {
    const auto number = [](const std::optional<double>& x) { return x ? fmt::format("{:.3f}", *x) : "-"; };
    report_rows(found,
                {number(found.threshold), number(settings.threshold), std::string(found.method), number(found.accuracy),
                 fmt::format("{}", scores.pairs.size()), found.threshold ? fmt::format("{}", suggested) : "-",
                 fmt::format("{}", scores.pairs_in_force)},
                report);
  }
  if (!found.threshold) {
    report.warning("no threshold is suggested: the scores do not form two groups, or are too few");
  }
  ++report.totals().done;
}

}  // namespace vidcv
