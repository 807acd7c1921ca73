#include "sample_command.hpp"

#include "fatal_error.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/signals.hpp>
#include <vidcv/core/ordered_workers.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/core/threads.hpp>
#include <vidcv/pipeline/memory_retry.hpp>
#include <vidcv/pipeline/run_settings.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

double time_of(const char* option, const std::string& word)
{
  const auto time_s = parse_time(word);
  if (!time_s) { throw UsageError(option, word, "is not a time; say 2.5 or 00:00:07"); }
  return *time_s;
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
  std::vector<DeclaredOption> choice;
  for (const Key key : {Key::policy, Key::every_sec, Key::count, Key::max_frames_per_clip, Key::motion_delta_threshold,
                        Key::exif, Key::alpha, Key::threads, Key::decode_threads, Key::isolation}) {
    const DeclaredOption option = declare_setting(line, key);
    if (is_about_choice(key)) { choice.push_back(option); }
  }
  auto frames = line.value("--frames", m_frames, "only these frames, by number from 0: 0,47,191")
                    .not_empty()
                    .value_name("N,N,...");
  auto times = line.value("--at", m_times, "only the frames on the screen at these times: 2.5,00:00:07")
                   .not_empty()
                   .value_name("TIME,...");
  for (const DeclaredOption& option : choice) {
    frames.excludes(option);
    times.excludes(option);
  }
  line.value("--start", m_start, "sample the clip from this time on").not_empty().value_name("TIME");
  line.value("--end", m_end, "decode and sample the clip up to this time").not_empty().value_name("TIME");
  line.value("--stream", m_stream, "the video stream by its index in the file").not_negative();
  line.flag("--ratios", m_ratios, "the share of changed pixels of every frame (rows: instead of the choice)");
  declare_pictures(line);
  line.flag("--explain", m_explain, "explain why each frame was kept or not");
  line.flag("--strict", m_strict, "fail on damaged clips");
}

void SampleCommand::declare_pictures(CommandLine& line)
{
  const auto out = line.value("--out", m_out, "write the chosen frames below DIR, one folder per clip")
                       .not_empty()
                       .value_name("DIR");
  const auto quality = line.value("--jpeg-quality", m_quality, "1 to 100").value_name("NUMBER=95").within(1, 100);
  const auto size = line.value("--max-size", m_longest_side, "longest side of the pictures written, in pixels")
                        .value_name("PIXELS")
                        .within(1, 65500);
  const auto name =
      line.value(
              "--name", m_name,
              "names of the pictures, from {clip}, {number}, {index}, {time} and {kind};\nwith {clip} in it there are "
              "no folders per clip")
          .not_empty()
          .value_name("TEMPLATE")
          .show_default();
  const auto sheet =
      line.value("--sheet", m_sheet, "write a contact sheet of the clip; with {clip} in the name for several clips")
          .not_empty()
          .value_name("FILE");
  const auto dry_run = line.flag("--dry-run", m_dry_run, "write nothing; report what would be written");
  const auto force = line.flag("--force", m_force, "write all pictures again, and replace whatever has their names");
  const auto format = line.value("--format", m_format, "of the pictures written").one_of({"jpg", "png"}).show_default();
  for (const auto& option : {name, size, format}) { line.only_with(option, {out}); }
  for (const auto& option : {quality, dry_run, force}) { line.only_with(option, {out, sheet}); }
  line.refuse_if([this, quality] {
    const bool writes_jpeg = (!m_out.empty() && m_format == "jpg") || (!m_sheet.empty() && !m_sheet.ends_with(".png"));
    return quality.is_given() && !writes_jpeg ? "--jpeg-quality has no effect on PNG" : "";
  });
}

std::vector<std::pair<std::string, std::string>> SampleCommand::components() const
{
  return {{"FFmpeg", ffmpeg_version()}};
}

SampleOptions SampleCommand::requested_options() const
{
  SampleOptions options = sample_options(config());
  options.decode.stream = m_stream;
  options.decode.abandoned = is_time_up;
  options.all_ratios = m_ratios;
  options.strict = m_strict;
  options.explain = m_explain;
  for (const std::string& word : split(m_frames, ',')) {
    const auto number = parse_integer(word);
    if (!number || *number < 0) { throw UsageError("--frames", word, "is not a frame number"); }
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
    throw UsageError("--start and --end", "", "have no effect with this policy or with --frames and --at");
  }
}

void SampleCommand::run(Report& report)
{
  ClipJobOptions options{requested_options(), {m_out, NameTemplate(m_name, "--name")}, m_sheet};
  options.frames.decode = picture_options(options.sampling.decode);
  options.frames.writing = write_options();
  if (m_inputs.empty()) { throw UsageError("", "", "no clip given (see vidcv sample --help)"); }
  if (!m_out.empty()) { m_inputs.leave_out(m_out); }
  const std::vector<fs::path> files = m_inputs.collect(std::cin, report).files;
  if (!m_sheet.empty()) { require_sheet(m_sheet, files.size() > 1); }
  report.columns(ClipReport{m_ratios, m_explain, !m_out.empty()}.columns());
  report.expect(static_cast<std::int64_t>(files.size()));
  sample_all(files, options, report);
  if (m_kept > 0) { report.detail(fmt::format("{} pictures were there already", m_kept)); }
}

/// Several clips are decoded side by side, each on fewer threads: that is quicker than one after the other.
void SampleCommand::sample_all(const std::vector<fs::path>& files, ClipJobOptions& options, Report& report)
{
  const auto threads = static_cast<std::size_t>(thread_count(options.sampling.decode.threads));
  const std::size_t workers = std::min(threads, files.size());
  options.sampling.decode.threads = static_cast<int>(threads / std::max<std::size_t>(workers, 1));
  const bool writes = !m_out.empty() || !m_sheet.empty();
  const ClipNames names(writes ? files : std::vector<fs::path>());
  MemoryRetry memory_retry;
  FatalError fatal;
  options.sampling.decode.abandoned = [&] { return is_time_up() || fatal.is_set(); };
  OrderedWorkers<DoneClip> clips(
      files.size(), workers,
      [&](std::size_t i) {
        FileInHand in_hand(report, files[i]);
        return fatal.watch([&] {
          return memory_retry.run([&] { return do_clip(files[i], names, options, [&] { in_hand.add_frames(1); }); });
        });
      },
      [&] { return is_stopping() || fatal.is_set(); });
  try {
    for (const fs::path& file : files) {
      auto done = clips.next();
      if (!done) { break; }
      report.attempt(file.native(), [&] { tell(done->get(), report); });
    }
  } catch (const Abandoned&) {
    fatal.rethrow();
  } catch (...) {
    fatal.set(std::current_exception());  // the other clips in progress are dropped
    throw;
  }
}

void SampleCommand::tell(const DoneClip& done, Report& report)
{
  m_kept += done.kept;
  report.totals().times.decode_s += done.taken_s;
  ClipReport{m_ratios, m_explain, !m_out.empty()}.write(done.clip, done.pictures, report);
  report.totals().frames += static_cast<std::int64_t>(done.clip.frames.size());
  const std::vector<std::string>& missing = done.clip.missing;
  for (std::size_t i = 0; i < missing.size(); ++i) {
    const InputError error(done.clip.file.native(), "decode",
                           fmt::format("{}; {} decode", missing[i], done.clip.frames_decoded));
    i == 0 ? report.failure(error)
           : report.failure_detail(error);  // it counts as one failure, however many frames are missing
  }
  if (missing.empty()) { ++report.totals().done; }
}

}  // namespace vidcv
