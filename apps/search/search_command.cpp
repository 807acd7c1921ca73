#include "search_command.hpp"

#include "found_pictures.hpp"
#include "shared/text_search.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/globs.hpp>
#include <vidcv/cli/json.hpp>
#include <vidcv/core/error.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/pipeline/appear.hpp>
#include <vidcv/pipeline/run_settings.hpp>
#include <vidcv/store/migration.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace vidcv {
using json = nlohmann::ordered_json;
namespace {

constexpr int k_exit_none = 3;

std::string box_or_dash(const std::optional<Box>& box)
{
  return box ? box_text(*box) : "-";
}

/// Seconds of an option; nothing where it is not given.
std::optional<double> seconds_of(const std::string& option, const std::string& word)
{
  if (word.empty()) { return std::nullopt; }
  const auto seconds = parse_time(word);
  if (!seconds) { throw UsageError(option, word, "is not a time: seconds, M:SS or H:MM:SS"); }
  return seconds;
}

}  // namespace

void SearchCommand::declare(CommandLine& line)
{
  line.describe(
      "Find the moments of clips that are most like a text, a picture, a moment or an asset, among all frames of a\n"
      "database. Exact: the answer is that of comparing every vector. Exit code 3 if nothing is found.",
      "Example:\n  vidcv search --db film.db \"a dog runs on a beach\"\n"
      "  vidcv search --db film.db --image ball.jpg --min-score 0.6 --json\n"
      "  vidcv search --db film.db --moment clip.mp4@3.5 --minus night --out found/");
  m_query.declare(line);
  line.value("--db", m_database_file, "the database").required().value_name("DB").not_empty();
  line.value("--of", m_model_name,
             "the stored vectors to search, by the model's name or fingerprint; default: the only ones")
      .value_name("NAME")
      .not_empty();
  line.value("--top", m_top, "clips to show").within(1, 1'000'000).value_name("N").show_default();
  line.value("--min-score", m_least_score, "leave out frames with a lower score").value_name("SCORE").not_empty();
  line.values("--in", m_within, "only clips whose path or name matches; repeatable").value_name("GLOB");
  line.values("--exclude", m_without, "no clips whose path or name matches; repeatable").value_name("GLOB");
  line.value("--from", m_from, "only frames from this time of their clip on").value_name("TIME").not_empty();
  line.value("--to", m_to, "and up to this one").value_name("TIME").not_empty();
  const DeclaredOption frames = line.flag("--frames", m_frames, "show each frame in place of moments");
  line.value("--out", m_out, "write the best frame of each moment to this folder").value_name("DIR").not_empty();
  line.value("--sheet", m_sheet, "write the best frames as one contact sheet, with boxes: .jpg or .png")
      .value_name("FILE")
      .not_empty();
  line.flag("-0,--null", m_only_paths, "paths of the clips alone, each followed by a NUL byte").excludes(frames);
  line.flag("--exact-scan", m_exact_scan, "read every vector, without the index; the answer is the same");
  for (const Key key : {Key::model, Key::device, Key::threads, Key::exif, Key::alpha, Key::busy_timeout}) {
    declare_setting(line, key);
  }
}

SearchRequest SearchCommand::request() const
{
  SearchRequest request;
  request.clips = static_cast<std::size_t>(*m_top);
  if (!m_least_score.empty()) {
    request.least_score = parse_double(m_least_score);
    if (!request.least_score) { throw UsageError("--min-score", m_least_score, "is not a number"); }
  }
  request.filter.from_s = seconds_of("--from", m_from);
  request.filter.to_s = seconds_of("--to", m_to);
  if (!m_within.empty() || !m_without.empty()) {
    request.filter.takes = [this](const std::string& path) {
      return (m_within.empty() || matches_any(m_within, path)) && !matches_any(m_without, path);
    };
  }
  request.exact_scan = m_exact_scan;
  request.threads = static_cast<int>(config().integer(Key::threads));
  return request;
}

void SearchCommand::run(Report& report)
{
  m_query.read_words();
  SearchRequest wanted = request();
  if (m_frames && report.json()) {
    throw UsageError("--frames", "", "has no effect with --json, which has the frames of each moment");
  }
  require_sheet(m_sheet);
  if (m_only_paths && (report.json() || report.csv())) {
    throw UsageError("--null", "", "prints paths alone, and neither --json nor --csv");
  }
  Database database(m_database_file, OpenMode::read_only, config().number(Key::busy_timeout));
  require_current(database);
  const StoredModel model = chosen_model(database, m_model_name);
  QueryVectors vectors(database, model, config());
  wanted.query = m_query.vector(vectors);
  VectorSearch search(database, model, [&](const std::string& line) { report.detail(line); });
  const std::vector<FoundMoment> found = search.find(wanted);
  if (found.empty()) {
    report.warning("nothing is found");
    report.conclude(k_exit_none);
  }
  if (!m_only_paths) {
    report.columns(
        m_frames ? std::vector<std::string_view>{"path", "timestamp_sec", "frame_number", "score", "bbox"}
                 : std::vector<std::string_view>{"path", "from_sec", "to_sec", "frames", "score", "best_sec", "bbox"});
  }
  std::set<std::string> named;
  for (const FoundMoment& moment : found) {
    if (!m_only_paths) {
      report_moment(moment, report);
    } else if (named.insert(moment.path).second) {
      report.text(moment.path + '\0');
    }
    ++report.totals().done;
    report.totals().frames += std::ssize(moment.frames);
  }
  const PicturePlaces places{m_out, m_sheet};
  if (!places.empty() && !found.empty()) { write_found(found, places, decode_options(config()), report); }
}

void SearchCommand::report_moment(const FoundMoment& moment, Report& report) const
{
  const FoundFrame& best = moment.best;
  if (report.json()) {
    json value = {{"type", "moment"}};
    set_path(value, moment.path);
    value.update(
        {{"from_sec", moment.from_s}, {"to_sec", moment.to_s}, {"score", best.score}, {"kind", m_query.kind()}});
    value["best"] = {{"frame_number", best.number}, {"timestamp_sec", best.timestamp_s}, {"bbox", box_json(best.box)}};
    value["frames"] = json::array();
    for (const FoundFrame& frame : moment.frames) {
      value["frames"].push_back({{"frame_number", frame.number},
                                 {"timestamp_sec", frame.timestamp_s},
                                 {"score", frame.score},
                                 {"bbox", box_json(frame.box)}});
    }
    return report.object(value);
  }
  if (!m_frames) {
    return report.row({moment.path, fmt::format("{:.3f}", moment.from_s), fmt::format("{:.3f}", moment.to_s),
                       fmt::format("{}", moment.frames.size()), fmt::format("{:.3f}", best.score),
                       fmt::format("{:.3f}", best.timestamp_s), box_or_dash(best.box)});
  }
  for (const FoundFrame& frame : moment.frames) {
    report.row({moment.path, fmt::format("{:.3f}", frame.timestamp_s), fmt::format("{}", frame.number),
                fmt::format("{:.3f}", frame.score), box_or_dash(frame.box)});
  }
}

}  // namespace vidcv
