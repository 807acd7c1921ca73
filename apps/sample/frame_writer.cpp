#include "frame_writer.hpp"

#include <vidcv/core/error.hpp>

#include <algorithm>
#include <system_error>
#include <utility>

namespace vidcv {
namespace fs = std::filesystem;

FrameWriter::FrameWriter(fs::path folder, NameTemplate name, std::string clip, const WriteOptions& options)
    : m_folder(std::move(folder)), m_name(std::move(name)), m_clip(std::move(clip)), m_options(options)
{
}

FrameWriter::~FrameWriter()
{
  for (const fs::path& file : m_written) {
    std::error_code gone_already;
    fs::remove(file, gone_already);
  }
}

void FrameWriter::write(std::size_t place, const SampledFrame& frame, const RgbImage& picture)
{
  if (place == 0) { m_pictures.clear(); }
  const fs::path file = m_folder / (m_name.of(m_clip, frame.pick, place) + extension_of(m_options.format));
  if (std::ranges::find(m_pictures, file) != m_pictures.end()) {
    throw InputError(file.native(), "store", "two frames have this name: let --name have {number} or {index}");
  }
  m_pictures.push_back(file);
  if (!m_options.writes) { return; }
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  if (error) { throw StoreError(file.parent_path().native(), "store", error.message()); }
  const bool is_ours = std::ranges::find(m_written, file) != m_written.end();
  if (!m_options.replaces && !is_ours && fs::exists(file, error)) {
    ++m_kept;
    return;
  }
  write_picture(m_options.longest_side > 0 ? fitted(picture, m_options.longest_side) : picture, file, m_options.format,
                m_options.jpeg_quality);
  if (!is_ours) { m_written.push_back(file); }
}

std::vector<fs::path> FrameWriter::finish()
{
  std::erase_if(m_written,
                [&](const fs::path& file) { return std::ranges::find(m_pictures, file) != m_pictures.end(); });
  return std::move(m_pictures);
}

}  // namespace vidcv
