#include "sample_command.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/json.hpp>
#include <vidcv/cli/signals.hpp>
#include <vidcv/core/stopwatch.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/pipeline/run_settings.hpp>

#include <fmt/format.h>

#include <iostream>
#include <limits>

namespace vidcv {
namespace fs = std::filesystem;
using json = nlohmann::ordered_json;
namespace {

std::string ratio_text(const std::optional<double>& ratio)
{
  return ratio ? fmt::format("{:.4f}", *ratio) : "-";
}

double time_of(const char* option, const std::string& word)
{
  const auto time_s = parse_time(word);
  if (!time_s) { throw UsageError(option, word, "is no time; say 2.5 or 00:00:07"); }
  return *time_s;
}

json clip_json(const SampledClip& clip)
{
  json value = {{"type", "clip"}};
  set_path(value, clip.file.native());
  value.update({{"width", clip.width},
                {"height", clip.height},
                {"fps", clip.fps},
                {"fps_claimed", or_null(clip.claims.fps)},
                {"duration_sec", clip.duration_s},
                {"duration_claimed_sec", or_null(clip.claims.duration_s)},
                {"frames_claimed", or_null(clip.claims.frames)},
                {"frames_decoded", clip.frames_decoded},
                {"frames_damaged", clip.frames_damaged},
                {"rotation", clip.geometry.rotation},
                {"mirrored", clip.geometry.mirrored},
                {"pixel_aspect", clip.geometry.pixel_aspect}});
  return value;
}

json frame_json(const SampledFrame& frame, bool explained)
{
  json value = {{"frame_number", frame.pick.frame.number},
                {"timestamp_sec", frame.pick.frame.timestamp_s},
                {"kind", name_of(frame.pick.kind)},
                {"motion_ratio", or_null(frame.pick.frame.motion_ratio)},
                {"blank", frame.blank},
                {"quality", frame.quality}};
  if (const auto& shot = frame.pick.shot) {
    value.update({{"shot_start_sec", shot->start_s}, {"shot_end_sec", shot->end_s}});
  }
  if (explained) { value["why"] = frame.pick.why; }
  return value;
}

json passed_json(const std::vector<Rejection>& rejected)
{
  json list = json::array();
  for (const auto& [frame, why] : rejected) {
    list.push_back({{"frame_number", frame.number},
                    {"timestamp_sec", frame.timestamp_s},
                    {"motion_ratio", or_null(frame.motion_ratio)},
                    {"why", why}});
  }
  return list;
}

}  // namespace

void SampleCommand::declare(CommandLine& line)
{
  line.describe(
      "Choose the frames of each clip that are worth looking at: the first, 2 s, 4 s, 6 s and the last, and\n"
      "those in which most of the picture changes. A picture is a clip of one frame.",
      "Example:\n  vidcv sample --out frames/ clip.mp4\n  vidcv sample --json --ratios clip.mp4 | jq -c "
      ".motion_ratios");
  m_inputs.declare(line, "clip", "videos and pictures");
  declare_setting(line, Key::policy);
  declare_setting(line, Key::every_sec);
  declare_setting(line, Key::count);
  declare_setting(line, Key::max_frames_per_clip);
  declare_setting(line, Key::motion_delta_threshold);
  declare_setting(line, Key::exif);
  declare_setting(line, Key::alpha);
  declare_setting(line, Key::threads);
  line.value("--frames", m_frames, "just these frames, by number from 0: 0,47,191").not_empty().value_name("N,N,...");
  line.value("--at", m_times, "just the frames on the screen at these times: 2.5,00:00:07")
      .not_empty()
      .value_name("TIME,...");
  line.value("--start", m_start, "look at the clip from this time on").not_empty().value_name("TIME");
  line.value("--end", m_end, "decode and look at the clip up to this time").not_empty().value_name("TIME");
  line.value("--stream", m_stream, "the video stream by its index in the file").not_negative();
  line.flag("--ratios", m_ratios, "the share of changed pixels of every frame (text: in place of the choice)");
  line.value("--out", m_out, "write the chosen frames below DIR; a folder per clip if there are several")
      .not_empty()
      .value_name("DIR");
  line.value("--jpeg-quality", m_quality, "1 to 100").value_name("NUMBER=95").within(1, 100);
  line.value("--max-size", m_longest_side, "longest side of the pictures written, in pixels").within(1, 65500);
  line.flag("--force", m_force, "replace pictures that are there; they are kept otherwise");
  line.flag("--explain", m_explain, "why each frame was kept, and why candidates were not");
  line.flag("--strict", m_strict, "a clip with damage is a failure");
  line.value("--format", m_format, "of the pictures written").one_of({"jpg", "png"}).show_default();
}

std::vector<std::pair<std::string, std::string>> SampleCommand::components() const
{
  return {{"FFmpeg", ffmpeg_version()}};
}

SampleOptions SampleCommand::requested_options() const
{
  SampleOptions options = sample_options(config());
  options.decode.stream = m_stream;
  options.all_ratios = m_ratios;
  options.strict = m_strict;
  options.explain = m_explain;
  for (const std::string& word : split(m_frames, ',')) {
    const auto number = parse_integer(word);
    if (!number || *number < 0) { throw UsageError("--frames", word, "is no frame number"); }
    options.plan.frames.push_back(*number);
  }
  for (const std::string& word : split(m_times, ',')) { options.plan.times.push_back(time_of("--at", word)); }
  if (!options.plan.frames.empty() || !options.plan.times.empty()) { options.plan.policy = Policy::requested; }
  set_stretch(options.plan);
  return options;
}

WriteOptions SampleCommand::write_options() const
{
  const PictureFormat format = m_format == "png" ? PictureFormat::png : PictureFormat::jpeg;
  return {format, m_quality.value_or(k_jpeg_quality), m_longest_side.value_or(0), m_force};
}

void SampleCommand::set_stretch(SamplingPlan& plan) const
{
  if (!m_start.empty()) { plan.stretch.start_s = time_of("--start", m_start); }
  if (!m_end.empty()) { plan.stretch.end_s = time_of("--end", m_end); }
  if (plan.stretch == Stretch()) { return; }
  if (plan.stretch.end_s <= plan.stretch.start_s) { throw UsageError("--end", m_end, "is not after --start"); }
  if (plan.policy == Policy::reference || plan.policy == Policy::requested) {
    throw UsageError("--start and --end", "", "go with the policies budget, every, count, keyframes and scene");
  }
}

void SampleCommand::run(Report& report)
{
  const SampleOptions options = requested_options();
  if (m_inputs.empty()) { throw UsageError("", "", "no clip given (see vidcv sample --help)"); }
  const std::vector<fs::path> files = m_inputs.collect(std::cin, report);
  m_several = files.size() > 1;
  report.columns(columns());
  report.expect(static_cast<std::int64_t>(files.size()));
  for (const fs::path& file : files) {
    if (stop_signal() != 0) { return; }
    report.attempt(file.native(), [&] { sample_one(file, options, report); });
    report.advance();
  }
  if (m_kept > 0) { report.warning(fmt::format("{} pictures were there and are kept; --force replaces them", m_kept)); }
}

std::vector<std::string_view> SampleCommand::columns() const
{
  if (m_ratios) { return {"path", "frame_number", "motion_ratio"}; }
  std::vector<std::string_view> names = {"path",         "frame_number", "timestamp_sec", "kind",
                                         "motion_ratio", "blank",        "quality"};
  if (m_explain) { names.emplace_back("why"); }
  if (!m_out.empty()) { names.emplace_back("picture"); }
  return names;
}

void SampleCommand::sample_one(const fs::path& file, const SampleOptions& options, Report& report)
{
  const Stopwatch watch;
  SampleOptions sampling = options;
  FrameWriter writer(folder_for(file), write_options());
  sampling.on_choice = [&](std::size_t place, const SampledFrame& frame) {
    if (!m_out.empty()) { writer.write(place, frame); }
  };
  const SampledClip clip = sample_clip(file, sampling);
  const std::vector<fs::path> written = writer.finish();
  m_kept += writer.kept();
  report.totals().decode_s += watch.seconds();
  report.json() ? report_object(clip, written, report) : report_rows(clip, written, report);
  report.totals().frames += static_cast<std::int64_t>(clip.frames.size());
  for (std::size_t i = 0; i < clip.missing.size(); ++i) {
    const InputError error(file.native(), "decode", fmt::format("{}; {} decode", clip.missing[i], clip.frames_decoded));
    i == 0 ? report.failure(error) : report.fatal(error);  // one input, whatever it lacks
  }
  if (clip.missing.empty()) { ++report.totals().done; }
}

/// Clips of one name in several folders get NAME, NAME-2, NAME-3, in the order of the inputs.
fs::path SampleCommand::folder_for(const fs::path& file)
{
  if (!m_several) { return m_out; }
  const fs::path stem = file.stem();
  const std::string name = (stem == "." || stem == ".." ? file.filename() : stem).native();
  fs::path folder = fs::path(m_out) / name;
  for (int n = 2; !m_folders.insert(folder).second; ++n) { folder = fs::path(m_out) / (name + fmt::format("-{}", n)); }
  return folder;
}

void SampleCommand::report_ratios(const SampledClip& clip, Report& report) const
{
  for (std::size_t i = 0; i < clip.motion_ratios.size(); ++i) {
    report.row({clip.file.native(), fmt::format("{}", i + 1), ratio_text(clip.motion_ratios[i])});
  }
}

void SampleCommand::report_rows(const SampledClip& clip, const std::vector<fs::path>& written, Report& report) const
{
  if (m_ratios) { return report_ratios(clip, report); }
  const auto fields_of = [&](const FrameFacts& frame, std::string_view kind) {
    return std::vector<std::string>{clip.file.native(), fmt::format("{}", frame.number),
                                    fmt::format("{:.3f}", frame.timestamp_s), std::string(kind),
                                    ratio_text(frame.motion_ratio)};
  };
  auto passed = clip.rejected.begin();
  const auto report_passed = [&](std::int64_t before) {
    for (; passed != clip.rejected.end() && passed->frame.number < before; ++passed) {
      std::vector<std::string> fields = fields_of(passed->frame, "passed");
      fields.insert(fields.end(), {"-", "-", passed->why});
      if (!m_out.empty()) { fields.emplace_back("-"); }
      report.row(fields);
    }
  };
  for (std::size_t i = 0; i < clip.frames.size(); ++i) {
    const SampledFrame& frame = clip.frames[i];
    report_passed(frame.pick.frame.number);
    std::vector<std::string> fields = fields_of(frame.pick.frame, name_of(frame.pick.kind));
    fields.insert(fields.end(), {frame.blank ? "blank" : "-", fmt::format("{:.1f}", frame.quality)});
    if (m_explain) { fields.push_back(frame.pick.why); }
    if (!written.empty()) { fields.push_back(written[i].native()); }
    report.row(fields);
  }
  report_passed(std::numeric_limits<std::int64_t>::max());
}

void SampleCommand::report_object(const SampledClip& clip, const std::vector<fs::path>& written, Report& report) const
{
  json value = clip_json(clip);
  value["frames"] = json::array();
  for (std::size_t i = 0; i < clip.frames.size(); ++i) {
    json object = frame_json(clip.frames[i], m_explain);
    if (!written.empty()) { set_path(object, written[i].native(), "picture"); }
    value["frames"].push_back(std::move(object));
  }
  if (m_explain) { value["passed"] = passed_json(clip.rejected); }
  if (m_ratios) {
    value["motion_ratios"] = json::array();
    for (const auto& ratio : clip.motion_ratios) { value["motion_ratios"].push_back(or_null(ratio)); }
  }
  report.object(value);
}

}  // namespace vidcv
