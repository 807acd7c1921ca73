#include "clip_job.hpp"

#include "shared/sheet_format.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/identity.hpp>
#include <vidcv/core/stopwatch.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/media/contact_sheet.hpp>

#include <fmt/format.h>

#include <utility>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

std::string label_of(const SampledFrame& frame)
{
  return fmt::format("#{} {:.2f} s {}{}", frame.pick.frame.number, frame.pick.frame.timestamp_s,
                     name_of(frame.pick.kind), frame.blank ? " blank" : "");
}

/// The folder is as it was given, the name a template.
NameTemplate sheet_name(const std::string& text)
{
  return {fs::path(text).filename(), "--sheet"};
}

/// Of one clip, and all that is needed to write it.
class SheetWriter {
 public:
  SheetWriter(const fs::path& clip, const ClipNames& names, const ClipJobOptions& options)
      : m_clip(clip), m_names(names), m_options(options), m_sheet(percent_escaped(clip.filename().native()))
  {
  }

  void add(std::size_t place, const SampledFrame& frame, const RgbImage& picture)
  {
    if (place == 0) { clear(); }
    const std::string label = label_of(frame);
    m_labels += label + "\n";
    m_sheet.add(picture, label);
  }

  void write(ClipIdentity& identity, PictureSet& pictures)
  {
    const int quality = m_options.frames.writing.jpeg_quality;
    const std::string what = fmt::format("sheet content={} frames={:016x} {} quality={}", identity.content(),
                                         stable_hash(m_labels), m_options.frames.decode, quality);
    pictures.put(file(), {identity.clip(), what}, [&](const fs::path& out, const std::string& note) {
      write_picture(m_sheet.image(), out, sheet_format(m_options.sheet), quality, note);
    });
  }

 private:
  void clear()
  {
    m_sheet.clear();
    m_labels.clear();
  }

  fs::path file() const
  {
    const NameTemplate name = sheet_name(m_options.sheet);
    const fs::path folder = fs::path(m_options.sheet).parent_path();
    if (!name.names_clip()) { return folder / name.of_clip(""); }
    return folder / name.of_clip(m_names.of(m_clip, folder, m_options.frames.writing.writes));
  }

  const fs::path& m_clip;
  const ClipNames& m_names;
  const ClipJobOptions& m_options;
  ContactSheet m_sheet;
  std::string m_labels;
};

}  // namespace

DoneClip do_clip(const fs::path& file, const ClipNames& names, const ClipJobOptions& options,
                 const std::function<void()>& on_frame)
{
  const Stopwatch watch;
  const WriteOptions& writing = options.frames.writing;
  const bool writes_frames = !options.frames.folder.empty();
  const bool writes_sheet = !options.sheet.empty();
  ClipIdentity identity(file, options.sampling.decode.abandoned);
  PictureSet pictures(writing.replaces, writing.writes);
  FrameWriter frames(file, names, identity, pictures, options.frames);
  SheetWriter sheet(file, names, options);
  SampleOptions sampling = options.sampling;
  sampling.on_frame = on_frame;
  sampling.on_choice = [&](std::size_t place, const SampledFrame& frame) {
    if (place == 0) { pictures.clear(); }
    if (!writes_frames && !writes_sheet) { return; }
    const RgbImage picture = frame.picture.value().to_rgb();
    if (writes_frames) { frames.write(place, frame, picture); }
    if (writes_sheet) { sheet.add(place, frame, picture); }
  };
  DoneClip done;
  done.clip = sample_clip(file, sampling);
  if (done.clip.frames.empty()) { pictures.clear(); }  // those of a pass that does not count
  if (writes_sheet) { sheet.write(identity, pictures); }
  if (writes_frames || writes_sheet) { identity.require_unchanged(); }
  pictures.commit();
  done.pictures = std::move(frames).files();
  done.kept = pictures.kept();
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
