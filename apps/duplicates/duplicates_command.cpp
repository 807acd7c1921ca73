#include "duplicates_command.hpp"

#include "shared/text_search.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/globs.hpp>
#include <vidcv/cli/json.hpp>
#include <vidcv/cli/signals.hpp>
#include <vidcv/core/error.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/pipeline/run_settings.hpp>
#include <vidcv/store/migration.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace vidcv {
using json = nlohmann::ordered_json;
namespace {

constexpr int k_exit_none = 3;
/// Without pixels only what is hardly to be doubted, with them all that is worth a look.
constexpr double k_least_score = 0.85;
constexpr double k_least_score_to_verify = 0.5;

std::string_view name_of(Relation relation)
{
  switch (relation) {
    case Relation::same:
      return "same";
    case Relation::part:
      return "part";
    case Relation::shared:
      return "shared";
  }
  return "";
}

std::string seconds(double time_s)
{
  return fmt::format("{:.3f}", time_s);
}

json passage_json(const Passage& passage)
{
  json value = json::object();
  set_path(value, passage.path);
  value.update({{"from_sec", passage.from_s}, {"to_sec", passage.to_s}});
  return value;
}

json pixels_json(const PixelEvidence& pixels)
{
  return {{"picture", pixels.picture},
          {"motion", pixels.motion ? json(*pixels.motion) : json(nullptr)},
          {"mirrored", pixels.mirrored}};
}

}  // namespace

void DuplicatesCommand::declare(CommandLine& line)
{
  line.describe(
      "Find clips that are the same footage as another (in another codec, size or cut), parts of another, or share\n"
      "passages with it, by the vectors and times of their sampled frames. Nothing is deleted. Exit code 3 if nothing "
      "is\n"
      "found.",
      "Example:\n  vidcv duplicates --db film.db --verify\n"
      "  vidcv duplicates --db film.db --verify --only same -0 | xargs -0 ls -l");
  line.value("--db", m_database_file, "the database").required().value_name("DB").not_empty();
  line.value("--of", m_model_name,
             "the stored vectors to compare, by the model's name or fingerprint; default: the only ones")
      .value_name("NAME")
      .not_empty();
  line.flag("--verify", m_verify,
            "decode what is alike, compare its pixels, and leave out what is not the same footage");
  line.value("--min-score", m_least_score,
             fmt::format("the least mean cosine of frames laid upon each other; default: {}, with --verify {}",
                         k_least_score, k_least_score_to_verify))
      .value_name("SCORE")
      .not_empty();
  line.value("--min-shared", m_least_shared,
             "leave out shorter passages of clips that are otherwise different; default: 2")
      .value_name("SECONDS")
      .not_empty();
  line.values("--only", m_only, "same, part or shared; repeatable")
      .value_name("KIND")
      .one_of({"same", "part", "shared"});
  line.values("--in", m_within, "only clips whose path or name matches; repeatable").value_name("GLOB");
  line.values("--exclude", m_without, "no clips whose path or name matches; repeatable").value_name("GLOB");
  line.flag("-0,--null", m_only_paths, "the copies', parts' and sharers' paths alone, each followed by a NUL byte");
  for (const Key key : {Key::threads, Key::decode_threads, Key::exif, Key::alpha, Key::isolation, Key::busy_timeout}) {
    declare_setting(line, key);
  }
}

DuplicateRequest DuplicatesCommand::request() const
{
  DuplicateRequest request;
  request.verify = m_verify;
  request.least_score = m_verify ? k_least_score_to_verify : k_least_score;
  if (!m_least_score.empty()) {
    const auto score = parse_double(m_least_score);
    if (!score || !(*score > 0 && *score <= 1)) {
      throw UsageError("--min-score", m_least_score, "is not a number above 0 and up to 1");
    }
    request.least_score = *score;
  }
  if (!m_least_shared.empty()) {
    const auto least_s = parse_time(m_least_shared);
    if (!least_s || *least_s < 0) { throw UsageError("--min-shared", m_least_shared, "is not a time"); }
    request.least_shared_s = *least_s;
  }
  if (!m_within.empty() || !m_without.empty()) {
    request.takes = [this](const std::string& path) {
      return (m_within.empty() || matches_any(m_within, path)) && !matches_any(m_without, path);
    };
  }
  request.decode = decode_options(config());
  request.decode.abandoned = is_stopping;
  request.threads = static_cast<int>(config().integer(Key::threads));
  return request;
}

void DuplicatesCommand::run(Report& report)
{
  if (m_only_paths && (report.json() || report.csv())) {
    throw UsageError("--null", "", "prints paths alone, and neither --json nor --csv");
  }
  const DuplicateRequest wanted = request();
  Database database(m_database_file, OpenMode::read_only, config().number(Key::busy_timeout));
  require_current(database);
  const StoredModel model = chosen_model(database, m_model_name);
  if (!m_only_paths) {
    report.columns({"kind", "path", "from_sec", "to_sec", "of_path", "of_from_sec", "of_to_sec", "speed", "score",
                    "picture", "motion"});
  }
  std::int64_t found = 0;
  const DuplicateHooks hooks{
      .expect = [&](std::int64_t clips) { report.expect(clips); },
      .begin = [&](const std::string& path) { report.begin_file(path); },
      .end = [&](const std::string& path) { report.end_file(path); },
      .found =
          [&](const Duplicate& duplicate) {
            if (!m_only.empty() && std::ranges::count(m_only, name_of(duplicate.relation)) == 0) { return; }
            ++found;
            report_found(duplicate, report);
          },
      .failed = [&](const Error& error) { report.failure(error); },
      .warning = [&](const std::string& line) { report.warning(line); }};
  const DuplicateCounts counts = find_duplicates(database, model, wanted, hooks);
  report.totals().done = counts.clips;
  if (counts.refuted > 0) {
    report.detail(
        fmt::format("{} pairs of stretches that are alike are of different footage by their pixels", counts.refuted));
  }
  if (found == 0) {
    report.warning("nothing is found");
    report.conclude(k_exit_none);
  }
}

void DuplicatesCommand::report_found(const Duplicate& duplicate, Report& report) const
{
  if (m_only_paths) { return report.text(duplicate.clip.path + '\0'); }
  const auto& pixels = duplicate.pixels;
  if (!report.json()) {
    const std::string kind = std::string(name_of(duplicate.relation)) + (pixels && pixels->mirrored ? " mirrored" : "");
    return report.row({kind, duplicate.clip.path, seconds(duplicate.clip.from_s), seconds(duplicate.clip.to_s),
                       duplicate.of.path, seconds(duplicate.of.from_s), seconds(duplicate.of.to_s),
                       fmt::format("{:.3f}", duplicate.speed), fmt::format("{:.3f}", duplicate.score),
                       pixels ? fmt::format("{:.3f}", pixels->picture) : "-",
                       pixels && pixels->motion ? fmt::format("{:.3f}", *pixels->motion) : "-"});
  }
  json value = {{"type", "duplicate"}, {"kind", name_of(duplicate.relation)}};
  value.update(passage_json(duplicate.clip));
  value["of"] = passage_json(duplicate.of);
  value["speed"] = duplicate.speed;
  value["score"] = duplicate.score;
  value["pixels"] = pixels ? pixels_json(*pixels) : json(nullptr);
  report.object(value);
}

}  // namespace vidcv
