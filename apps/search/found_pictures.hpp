#pragma once

#include <vidcv/cli/report.hpp>
#include <vidcv/media/clip_reader.hpp>
#include <vidcv/pipeline/vector_search.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace vidcv {

/// Where the best frames of moments go; empty: nowhere.
struct PicturePlaces {
  std::filesystem::path folder;  ///< as `RANK-CLIP.jpg`
  std::filesystem::path sheet;   ///< one contact sheet, .jpg or .png, best first, with boxes

  bool empty() const { return folder.empty() && sheet.empty(); }
};

/// Whether a contact sheet can be written there, before anything is searched: a file is replaced if it is a sheet of
/// vidcv search.
/// @throws UsageError about `--sheet`
void require_sheet(const std::string& file);

/// Writes the best frame of each moment; each clip is decoded once. A clip that cannot be read is a failure, and so is
/// a name that is taken.
void write_found(const std::vector<FoundMoment>& found, const PicturePlaces& places, const DecodeOptions& decode,
                 Report& report);

}  // namespace vidcv
