#include "export_command.hpp"

#include "shared/text_search.hpp"
#include "vector_files.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/json.hpp>
#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/store/migration.hpp>

#include <fmt/format.h>

#include <array>
#include <set>
#include <span>

namespace vidcv {
using json = nlohmann::ordered_json;
namespace fs = std::filesystem;
namespace {

const std::vector<std::string> k_formats = {"csv",      "jsonl",  "otio", "edl", "fcpxml",
                                            "ffconcat", "webvtt", "coco", "npy"};

bool needs_folder(std::string_view format)
{
  return format == "webvtt" || format == "npy";
}

std::string csv_text(const EditList& list)
{
  std::string text = "path,label,from_sec,to_sec,first_frame,end_frame,score,source\n";
  for (const EditMoment& moment : list.moments) {
    text += fmt::format("{},{},{},{},{},{},{},{}\n", csv_field(list.clips[moment.clip].path), csv_field(moment.label),
                        moment.from_s, moment.to_s, moment.first, moment.end, moment.score, csv_field(moment.note));
  }
  return text;
}

std::string jsonl_text(const EditList& list)
{
  std::string text;
  for (const EditMoment& moment : list.moments) {
    const EditClip& clip = list.clips[moment.clip];
    json value = {{"type", "moment"}};
    set_path(value, clip.path);
    value.update({{"label", moment.label},
                  {"from_sec", moment.from_s},
                  {"to_sec", moment.to_s},
                  {"first_frame", moment.first},
                  {"end_frame", moment.end},
                  {"frame_rate", {clip.rate.numerator, clip.rate.denominator}},
                  {"score", moment.score},
                  {"source", moment.note}});
    text += value.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  }
  return text;
}

constexpr std::size_t k_most_edl_events = 999;

/// FFmpeg's list has a line for a path.
void report_unlisted(const EditList& list, Report& report)
{
  for (const EditClip& clip : list.clips) {
    if (can_be_listed(clip)) { continue; }
    report.warning(one_line(clip.path) + ": left out, as a list of FFmpeg cannot have a line break in a name");
  }
}

std::string text_of(const EditList& list, const std::string& format, EditStyle style)
{
  if (format == "csv") { return csv_text(list); }
  if (format == "jsonl") { return jsonl_text(list); }
  if (format == "otio") { return otio_text(list, style); }
  if (format == "edl") { return edl_text(list); }
  return format == "fcpxml" ? fcpxml_text(list, style) : ffconcat_text(list);
}

}  // namespace

void ExportCommand::declare(CommandLine& line)
{
  line.describe(
      "Write what a database knows for other tools: the moments of assets, or those of a search, as lists for editors\n"
      "and players, their boxes as a COCO dataset, and the vectors of frames as a NumPy matrix.",
      "Example:\n  vidcv export --db film.db --format otio -o film.otio\n"
      "  vidcv export --db film.db --format edl --tag CAR > cars.edl\n"
      "  vidcv export --db film.db --format npy -o vectors/");
  m_findings.declare(line);
  line.value("--format", m_format, "tables, lists of editors and players, COCO boxes; webvtt and npy go to a folder")
      .required()
      .one_of(k_formats);
  line.value("-o,--output", m_output, "the file, or the folder of webvtt and npy; default: stdout")
      .value_name("PATH")
      .not_empty();
  const auto style = line.value("--as", m_style, "otio, fcpxml: each clip whole with markers, or each moment as a clip")
                         .one_of({"markers", "clips"})
                         .show_default();
  line.value("--query", m_query, "the moments that a search for this text finds").value_name("TEXT").not_empty();
  line.value("--of", m_model_name, "npy, --query: the stored vectors, as vidcv search has it")
      .value_name("NAME")
      .not_empty();
  for (const Key key : {Key::model, Key::threads, Key::busy_timeout}) { declare_setting(line, key); }
  line.refuse_if([this, style] {
    const bool is_list = m_format != "npy" && m_format != "coco";
    if (style.is_given() && m_format != "otio" && m_format != "fcpxml") {
      return std::string("--as has an effect with --format otio and fcpxml alone");
    }
    if (!m_query.empty() && m_findings.is_restricted()) {
      return std::string("--query searches all clips: it cannot be combined with --tag or --project");
    }
    if (!m_model_name.empty() && m_query.empty() && m_format != "npy") {
      return std::string("--of has no effect without --query or --format npy");
    }
    if (!m_query.empty() && !is_list) { return std::string("--query has no effect with this format"); }
    if (m_format == "npy" && m_findings.is_restricted()) {
      return std::string("--tag and --project have no effect with npy, which has the vectors of all frames");
    }
    if (needs_folder(m_format) && (m_output.empty() || m_output == "-")) {
      return "--format " + m_format + " needs --output FOLDER";
    }
    return std::string();
  });
}

EditList ExportCommand::moments(Database& database, Report& report) const
{
  const StoredFindings findings = stored_findings(database, m_findings.filter(database));
  EditList list = m_query.empty()
                      ? edit_list(findings, database.path().stem().native())
                      : edit_list(findings, text_search(database, m_model_name, m_query, config(), report), m_query);
  std::set<std::size_t> varying;
  for (const EditMoment& moment : list.moments) {
    if (!list.clips[moment.clip].is_steady) { varying.insert(moment.clip); }
  }
  if (list.moments.empty()) { report.warning("there are no moments: vidcv appear finds those of assets"); }
  for (const std::size_t clip : varying) {
    const FrameRate& rate = list.clips[clip].rate;
    report.detail(fmt::format("{}: no steady frame rate; its frames are counted by time at {}/{}",
                              one_line(list.clips[clip].path), rate.numerator, rate.denominator));
  }
  if (!varying.empty()) {
    report.warning(fmt::format("{} clip{} no steady frame rate: frames are counted by time (-v names them)",
                               varying.size(), varying.size() == 1 ? " has" : "s have"));
  }
  if (findings.of_other_manifests > 0) {
    report.warning(fmt::format("{} appearances are left out: their assets are not in the manifest of a project",
                               findings.of_other_manifests));
  }
  if (findings.untimed > 0) {
    report.warning(fmt::format("{} appearances without a time are left out", findings.untimed));
  }
  return list;
}

void ExportCommand::run(Report& report)
{
  if (m_output == "-") { m_output.clear(); }
  if (m_output.empty() && (report.json() || report.csv())) {
    throw UsageError("--output", "", "is needed with --json or --csv, whose rows go to stdout");
  }
  Database database(m_findings.database_file(), OpenMode::read_only, config().number(Key::busy_timeout));
  require_current(database);
  if (!m_output.empty() && !needs_folder(m_format)) { m_output = output_file(m_output, database).native(); }
  if (m_format == "npy") { return write_vectors(database, report); }
  if (m_format == "coco") { return write_coco(database, report); }
  const EditList list = moments(database, report);
  m_format == "webvtt" ? write_chapters(list, report) : write_list(list, report);
}

/// To stdout, or to the file, of which a row says how much is in it.
void ExportCommand::put(const std::string& text, std::size_t count, Report& report) const
{
  report.totals().done += static_cast<std::int64_t>(count);
  if (m_output.empty()) { return report.text(text); }
  write_file_atomically(m_output, std::as_bytes(std::span(text)));
  if (report.json()) {
    json value = {{"type", "export"}};
    set_path(value, m_output);
    value.update({{"format", m_format}, {"count", count}});
    return report.object(value);
  }
  report.columns({"path", "format", "count"});
  report.row({m_output, m_format, fmt::format("{}", count)});
}

void ExportCommand::write_list(const EditList& list, Report& report) const
{
  if (m_format == "ffconcat") { report_unlisted(list, report); }
  if (m_format == "edl" && list.moments.size() > k_most_edl_events) {
    report.warning(fmt::format("an EDL of CMX 3600 has at most {} events: choose moments with --tag, or use otio",
                               k_most_edl_events));
  }
  const EditStyle style = m_style == "clips" ? EditStyle::clips : EditStyle::markers;
  if (m_format == "edl" || m_format == "fcpxml") {
    const FrameRate rate = timeline_rate(list);
    std::set<std::size_t> others;
    for (const EditMoment& moment : list.moments) {
      if (!(list.clips[moment.clip].rate == rate)) { others.insert(moment.clip); }
    }
    if (!others.empty()) {
      report.warning(fmt::format("{} clip{} another frame rate than the timeline's {:.5g}: their frames are converted",
                                 others.size(), others.size() == 1 ? " has" : "s have", rate.fps()));
    }
  }
  put(text_of(list, m_format, style), list.moments.size(), report);
}

void ExportCommand::write_chapters(const EditList& list, Report& report) const
{
  const fs::path folder = m_output;
  make_folders(folder);
  std::set<std::size_t> clips;
  for (const EditMoment& moment : list.moments) { clips.insert(moment.clip); }
  std::set<std::string> taken;
  if (!report.json()) { report.columns({"path", "format", "clip"}); }
  for (const std::size_t clip : clips) {
    const std::string name = fs::path(list.clips[clip].path).filename().native();
    fs::path file = folder / (name + ".vtt");
    for (int number = 2; !taken.insert(file.native()).second; ++number) {
      file = folder / fmt::format("{}-{}.vtt", name, number);
    }
    const std::string chapters = webvtt_text(list, clip);
    write_file_atomically(file, std::as_bytes(std::span(chapters)));
    ++report.totals().done;
    if (!report.json()) {
      report.row({file.native(), m_format, list.clips[clip].path});
      continue;
    }
    json value = {{"type", "export"}};
    set_path(value, file.native());
    value["format"] = m_format;
    set_path(value, list.clips[clip].path, "clip");
    report.object(value);
  }
}

void ExportCommand::write_coco(Database& database, Report& report) const
{
  std::int64_t left_out = 0;
  const CocoSet set = coco_set(database, m_findings.filter(database), left_out);
  if (left_out > 0) {
    report.warning(
        fmt::format("{} appearances are left out: their frame or the size of their clip is not known", left_out));
  }
  put(coco_text(set), set.annotations.size(), report);
}

void ExportCommand::write_vectors(Database& database, Report& report) const
{
  const StoredModel model = chosen_model(database, m_model_name);
  const WrittenVectors written = write_vector_files(database, model, m_output);
  const std::size_t rows = written.rows;
  report.totals().done += static_cast<std::int64_t>(rows);
  if (written.damaged > 0) { report.warning(fmt::format("{} damaged vectors are left out", written.damaged)); }
  if (report.json()) {
    json value = {{"type", "export"}};
    set_path(value, m_output);
    value.update({{"format", m_format},
                  {"count", rows},
                  {"dim", model.dim},
                  {"model", {{"name", model.name}, {"fingerprint", model.fingerprint}}}});
    return report.object(value);
  }
  report.columns({"path", "format", "count"});
  report.row({m_output, m_format, fmt::format("{}", rows)});
}

}  // namespace vidcv
