#include "clip_job.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/stopwatch.hpp>
#include <vidcv/media/contact_sheet.hpp>

#include <fmt/format.h>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

std::string label_of(const SampledFrame& frame)
{
  return fmt::format("#{} {:.2f} s {}{}", frame.pick.frame.number, frame.pick.frame.timestamp_s,
                     name_of(frame.pick.kind), frame.blank ? " blank" : "");
}

PictureFormat sheet_format(const std::string& name)
{
  const std::string extension = fs::path(name).extension();
  if (extension == ".png") { return PictureFormat::png; }
  if (extension == ".jpg" || extension == ".jpeg") { return PictureFormat::jpeg; }
  throw UsageError("--sheet", name, "ends neither in .jpg nor in .png");
}

/// The folder is as it was given, the name a template.
NameTemplate sheet_name(const std::string& text)
{
  return {fs::path(text).filename(), "--sheet"};
}

/// Whether it was written, and not left as it was.
bool write_sheet(const ContactSheet& sheet, const std::string& clip, const ClipJobOptions& options)
{
  const fs::path file = fs::path(options.sheet).parent_path() / sheet_name(options.sheet).of_clip(clip);
  std::error_code error;
  if (!options.writing.replaces && fs::exists(file, error)) { return false; }
  if (options.writing.writes) {
    write_picture(sheet.image(), file, sheet_format(options.sheet), options.writing.jpeg_quality);
  }
  return true;
}

}  // namespace

DoneClip do_clip(const fs::path& file, const std::string& name, const ClipJobOptions& options)
{
  const Stopwatch watch;
  FrameWriter writer(options.own_folders ? options.out / name : options.out, options.name, name, options.writing);
  ContactSheet sheet(file.filename().native());
  SampleOptions sampling = options.sampling;
  sampling.on_choice = [&](std::size_t place, const SampledFrame& frame) {
    if (place == 0) { sheet.clear(); }
    if (options.out.empty() && options.sheet.empty()) { return; }
    const RgbImage picture = frame.picture.value().to_rgb();
    if (!options.out.empty()) { writer.write(place, frame, picture); }
    if (!options.sheet.empty()) { sheet.add(picture, label_of(frame)); }
  };
  DoneClip done;
  done.clip = sample_clip(file, sampling);
  if (!options.sheet.empty() && !write_sheet(sheet, name, options)) { ++done.kept; }
  done.pictures = writer.finish();
  done.kept += writer.kept();
  done.taken_s = watch.seconds();
  return done;
}

void require_sheet(const std::string& name, bool of_several)
{
  sheet_format(name);
  if (!sheet_name(name).names_clip() && of_several) {
    throw UsageError("--sheet", name, "needs {clip} for several clips");
  }
}

}  // namespace vidcv
