#include "frame_writer.hpp"

#include <vidcv/core/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace vidcv {
namespace fs = std::filesystem;

FrameWriter::FrameWriter(fs::path folder, PictureFormat format) : m_folder(std::move(folder)), m_format(format) {}

void FrameWriter::write(std::size_t place, const SampledFrame& frame)
{
  if (place == 0) { std::ranges::move(std::exchange(m_written, {}), std::back_inserter(m_outdated)); }
  std::error_code error;
  fs::create_directories(m_folder, error);
  if (error) { throw StoreError(m_folder.native(), "store", error.message()); }
  m_written.push_back(m_folder / fmt::format("frame_{:06}{}", frame.pick.frame.number, extension_of(m_format)));
  write_picture(frame.picture.value().to_rgb(), m_written.back(), m_format);
}

std::vector<fs::path> FrameWriter::finish()
{
  for (const fs::path& file : m_outdated) {
    std::error_code gone_already;
    if (std::ranges::find(m_written, file) == m_written.end()) { fs::remove(file, gone_already); }
  }
  return std::move(m_written);
}

}  // namespace vidcv
