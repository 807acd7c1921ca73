#pragma once

#include <vidcv/media/picture_writer.hpp>
#include <vidcv/pipeline/sample_clip.hpp>

#include <filesystem>
#include <vector>

namespace vidcv {

/// Writes the chosen frames of one clip as pictures, `frame_000123.jpg` in a folder, as they come.
class FrameWriter {
 public:
  FrameWriter(std::filesystem::path folder, PictureFormat format);

  /// As SampleOptions::on_choice.
  /// @throws StoreError
  void write(std::size_t place, const SampledFrame& frame);

  /// The pictures, one for each chosen frame. Those of a pass that did not count are removed.
  std::vector<std::filesystem::path> finish();

 private:
  std::filesystem::path m_folder;
  PictureFormat m_format;
  std::vector<std::filesystem::path> m_written;
  std::vector<std::filesystem::path> m_outdated;
};

}  // namespace vidcv
