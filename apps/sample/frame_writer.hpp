#pragma once

#include "clip_identity.hpp"
#include "clip_names.hpp"
#include "name_template.hpp"
#include "picture_set.hpp"

#include <vidcv/pipeline/sample_clip.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace vidcv {

/// The part of SampleOptions that changes the pictures.
std::string picture_options(const DecodeOptions& decode);

/// Where and how the chosen frames of a clip are written.
struct FrameWriterOptions {
  std::filesystem::path folder;
  NameTemplate name;  ///< below the folder, or, where it does not name the clip, below the clip's own folder there
  std::string decode = {};  ///< picture_options()
  WriteOptions writing = {};
};

/// Puts the chosen frames of one clip into a PictureSet, as they come.
class FrameWriter {
 public:
  FrameWriter(const std::filesystem::path& file, const ClipNames& names, ClipIdentity& identity, PictureSet& pictures,
              const FrameWriterOptions& options);

  /// As SampleOptions::on_choice.
  /// @param picture  the frame's
  /// @throws what ClipNames, ClipIdentity and PictureSet throw
  void write(std::size_t place, const SampledFrame& frame, const RgbImage& picture);

  /// The pictures' files, one for each chosen frame.
  std::vector<std::filesystem::path> files() && { return std::move(m_files); }

 private:
  std::filesystem::path file_of(std::size_t place, const Pick& pick);
  PictureIdentity identity_of(const SampledFrame& frame);

  const std::filesystem::path& m_clip;
  const ClipNames& m_names;
  ClipIdentity& m_identity;
  PictureSet& m_pictures;
  const FrameWriterOptions& m_options;
  std::string m_name;  // of the clip in the folder, once there is a picture
  std::vector<std::filesystem::path> m_files;
};

}  // namespace vidcv
