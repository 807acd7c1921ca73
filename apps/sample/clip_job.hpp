#pragma once

#include "frame_writer.hpp"

#include <vidcv/pipeline/sample_clip.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace vidcv {

/// What is made of each clip.
struct ClipJobOptions {
  SampleOptions sampling = {};
  FrameWriterOptions frames;  ///< no folder: none are written
  std::string sheet = {};     ///< the contact sheet, a template; empty: none
};

/// A clip that was sampled, and what was written of it.
struct DoneClip {
  SampledClip clip = {};
  std::vector<std::filesystem::path> pictures = {};
  int kept = 0;        ///< pictures that were there already
  double taken_s = 0;  ///< on the clock
};

/// Samples one clip, and writes its pictures and its contact sheet. For several threads at once.
/// @param on_frame  called for each frame that is decoded
/// @throws InputError, StoreError; then all pictures stay as they were
DoneClip do_clip(const std::filesystem::path& file, const ClipNames& names, const ClipJobOptions& options,
                 const std::function<void()>& on_frame);

/// @throws UsageError unless the name of a contact sheet ends in .jpg, .jpeg or .png, and names the clip where it must
void require_sheet(const std::string& name, bool of_several);

}  // namespace vidcv
