#include "frame_writer.hpp"

#include <vidcv/cli/command.hpp>

#include <fmt/format.h>

#include <utility>

namespace vidcv {
namespace fs = std::filesystem;

std::string picture_options(const DecodeOptions& decode)
{
  constexpr const char* k_alphas[] = {"white", "black", "drop"};
  return fmt::format(
      "vidcv={} stream={} exif={} alpha={}", version(), decode.stream ? fmt::format("{}", *decode.stream) : "first",
      decode.pictures.apply_exif ? "apply" : "ignore", k_alphas[static_cast<std::size_t>(decode.pictures.alpha)]);
}

FrameWriter::FrameWriter(const fs::path& file, const ClipNames& names, ClipIdentity& identity, PictureSet& pictures,
                         const FrameWriterOptions& options)
    : m_clip(file), m_names(names), m_identity(identity), m_pictures(pictures), m_options(options)
{
}

fs::path FrameWriter::file_of(std::size_t place, const Pick& pick)
{
  if (m_name.empty()) { m_name = m_names.of(m_clip, m_options.folder, m_options.writing.writes); }
  const fs::path below = m_options.name.of(m_name, pick, place) + extension_of(m_options.writing.format);
  return m_options.name.names_clip() ? m_options.folder / below : m_options.folder / m_name / below;
}

PictureIdentity FrameWriter::identity_of(const SampledFrame& frame)
{
  const WriteOptions& writing = m_options.writing;
  const std::string size = writing.longest_side > 0 ? fmt::format("{}", writing.longest_side) : "full";
  std::string what = fmt::format("content={} frame={} {} size={}", m_identity.content(), frame.pick.frame.number,
                                 m_options.decode, size);
  if (writing.format == PictureFormat::jpeg) { what += fmt::format(" quality={}", writing.jpeg_quality); }
  return {m_identity.clip(), std::move(what)};
}

void FrameWriter::write(std::size_t place, const SampledFrame& frame, const RgbImage& picture)
{
  if (place == 0) { m_files.clear(); }
  m_files.push_back(file_of(place, frame.pick));
  const WriteOptions& writing = m_options.writing;
  m_pictures.put(m_files.back(), identity_of(frame), [&](const fs::path& out, const std::string& note) {
    const int longest = writing.longest_side;
    write_picture(longest > 0 ? fitted(picture, longest) : picture, out, writing.format, writing.jpeg_quality, note);
  });
}

}  // namespace vidcv
