#include "sample_command.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/signals.hpp>
#include <vidcv/core/stopwatch.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/pipeline/run_settings.hpp>

#include <fmt/format.h>

#include <iostream>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

double time_of(const char* option, const std::string& word)
{
  const auto time_s = parse_time(word);
  if (!time_s) { throw UsageError(option, word, "is no time; say 2.5 or 00:00:07"); }
  return *time_s;
}

std::string label_of(const SampledFrame& frame)
{
  return fmt::format("#{} {:.2f} s {}{}", frame.pick.frame.number, frame.pick.frame.timestamp_s,
                     name_of(frame.pick.kind), frame.blank ? " blank" : "");
}

/// @throws UsageError unless the name ends in .jpg, .jpeg or .png
PictureFormat sheet_format(const std::string& name)
{
  const std::string extension = fs::path(name).extension();
  if (extension == ".png") { return PictureFormat::png; }
  if (extension == ".jpg" || extension == ".jpeg") { return PictureFormat::jpeg; }
  throw UsageError("--sheet", name, "ends neither in .jpg nor in .png");
}

/// The folder is as it was given, the name a template.
fs::path sheet_file(const std::string& text, const std::string& clip)
{
  const fs::path file(text);
  return file.parent_path() / NameTemplate(file.filename(), "--sheet").of_clip(clip);
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
  line.value("--name", m_name, "names of the pictures, from {clip}, {number}, {index}, {time} and {kind}")
      .not_empty()
      .value_name("TEMPLATE")
      .show_default();
  line.value("--sheet", m_sheet, "a contact sheet of the clip as one picture; {clip} in its name for several")
      .not_empty()
      .value_name("FILE");
  line.flag("--dry-run", m_dry_run, "write nothing: say what would be written");
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
  return {format, m_quality.value_or(k_jpeg_quality), m_longest_side.value_or(0), m_force, !m_dry_run};
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
  require_templates();
  report.columns(ClipReport{m_ratios, m_explain, !m_out.empty()}.columns());
  report.expect(static_cast<std::int64_t>(files.size()));
  for (const fs::path& file : files) {
    if (stop_signal() != 0) { return; }
    report.attempt(file.native(), [&] { sample_one(file, options, report); });
    report.advance();
  }
  if (m_kept > 0) { report.warning(fmt::format("{} pictures were there and are kept; --force replaces them", m_kept)); }
}

/// @throws UsageError before anything is touched
void SampleCommand::require_templates() const
{
  const NameTemplate name(m_name, "--name");
  if (m_sheet.empty()) { return; }
  sheet_format(m_sheet);
  const NameTemplate sheet(fs::path(m_sheet).filename(), "--sheet");
  if (m_several && !sheet.names_clip()) { throw UsageError("--sheet", m_sheet, "needs {clip} for several clips"); }
}

void SampleCommand::sample_one(const fs::path& file, const SampleOptions& options, Report& report)
{
  const Stopwatch watch;
  SampleOptions sampling = options;
  const NameTemplate name(m_name, "--name");
  const std::string clip_name = unique_name(file);
  const bool own_folder = m_several && !name.names_clip();
  FrameWriter writer(own_folder ? fs::path(m_out) / clip_name : fs::path(m_out), name, clip_name, write_options());
  ContactSheet sheet(file.filename().native());
  sampling.on_choice = [&](std::size_t place, const SampledFrame& frame) {
    if (place == 0) { sheet.clear(); }
    if (m_out.empty() && m_sheet.empty()) { return; }
    const RgbImage picture = frame.picture.value().to_rgb();
    if (!m_out.empty()) { writer.write(place, frame, picture); }
    if (!m_sheet.empty()) { sheet.add(picture, label_of(frame)); }
  };
  const SampledClip clip = sample_clip(file, sampling);
  if (!m_sheet.empty()) { write_sheet(clip_name, sheet); }
  const std::vector<fs::path> written = writer.finish();
  m_kept += writer.kept();
  report.totals().decode_s += watch.seconds();
  ClipReport{m_ratios, m_explain, !m_out.empty()}.write(clip, written, report);
  report.totals().frames += static_cast<std::int64_t>(clip.frames.size());
  for (std::size_t i = 0; i < clip.missing.size(); ++i) {
    const InputError error(file.native(), "decode", fmt::format("{}; {} decode", clip.missing[i], clip.frames_decoded));
    i == 0 ? report.failure(error) : report.fatal(error);  // one input, whatever it lacks
  }
  if (clip.missing.empty()) { ++report.totals().done; }
}

void SampleCommand::write_sheet(const std::string& clip, const ContactSheet& sheet)
{
  const fs::path file = sheet_file(m_sheet, clip);
  std::error_code error;
  if (!m_force && fs::exists(file, error)) {
    ++m_kept;
    return;
  }
  if (m_dry_run) { return; }
  write_picture(sheet.image(), file, sheet_format(m_sheet), m_quality.value_or(k_jpeg_quality));
}

/// Clips of one name in several folders are NAME, NAME-2, NAME-3, in the order of the inputs.
std::string SampleCommand::unique_name(const fs::path& file)
{
  const fs::path stem = file.stem();
  const std::string name = (stem == "." || stem == ".." ? file.filename() : stem).native();
  std::string unique = name;
  for (int n = 2; !m_names.insert(unique).second; ++n) { unique = fmt::format("{}-{}", name, n); }
  return unique;
}

}  // namespace vidcv
