#pragma once

#include <vidcv/cli/report.hpp>
#include <vidcv/pipeline/sample_clip.hpp>

#include <filesystem>
#include <string_view>
#include <vector>

namespace vidcv {

/// What is reported of each clip.
struct ClipReport {
  bool ratios = false;    ///< of all frames; in text output in place of the choice
  bool explains = false;  ///< why frames were kept and passed over
  bool pictures = false;  ///< their files

  std::vector<std::string_view> columns() const;
  /// @param pictures  the chosen frames' files, or none
  void write(const SampledClip& clip, const std::vector<std::filesystem::path>& files, Report& report) const;
};

}  // namespace vidcv
