#pragma once

#include "frame_writer.hpp"

#include <vidcv/pipeline/sample_clip.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace vidcv {

/// What is made of each clip.
struct ClipJobOptions {
  SampleOptions sampling = {};
  WriteOptions writing = {};
  NameTemplate name;
  std::filesystem::path out = {};  ///< where pictures go; empty: nowhere
  std::string sheet = {};          ///< the contact sheet, a template; empty: none
  bool own_folders = false;        ///< below `out`, one for each clip
};

/// A clip that was sampled, and what was written of it.
struct DoneClip {
  SampledClip clip = {};
  std::vector<std::filesystem::path> pictures = {};
  int kept = 0;        ///< files that were there and were left as they are
  double taken_s = 0;  ///< on the clock
};

/// Samples one clip, and writes its pictures and its contact sheet. For several threads at once, each with its own
/// clip.
/// @param name  of the clip in names of files, unlike that of any other clip
/// @throws InputError, StoreError; then nothing of it stays
DoneClip do_clip(const std::filesystem::path& file, const std::string& name, const ClipJobOptions& options);

/// @throws UsageError unless the name of a contact sheet ends in .jpg, .jpeg or .png, and names the clip where it must
void require_sheet(const std::string& name, bool of_several);

}  // namespace vidcv
