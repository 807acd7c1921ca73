#pragma once

#include "detection_options.hpp"

#include "shared/ledger_options.hpp"

#include <vidcv/cli/report.hpp>
#include <vidcv/core/config.hpp>
#include <vidcv/pipeline/embed_store.hpp>
#include <vidcv/pipeline/scene_clips.hpp>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace vidcv {

/// Makes the vectors that matching needs and the database lacks: of clips, assets and detections.
class MissingVectors {
 public:
  struct Context {
    Database& database;
    const Config& config;
    const LedgerOptions& ledger;
    LazyEncoder* encoder;   ///< null: detections alone are matched
    std::int64_t model_id;  ///< of the encoder; 0 without one
    EmbedOptions options;
    std::vector<std::filesystem::path> folders;  ///< that were named
    std::filesystem::path base;                  ///< of relative paths in the database
  };

  MissingVectors(Context context, Report& report) : m_context(std::move(context)), m_report(report) {}

  void embed_clips(const ProjectClips& part);
  /// Assets of the manifest, also those that are new since.
  void embed_assets(const std::string& manifest_id);
  /// What detectors saw in these files.
  /// @param face_lengths  of the assets' face vectors
  void embed_detections(const DetectionOptions& detections, const std::vector<std::filesystem::path>& files,
                        const std::set<std::size_t>& face_lengths);

 private:
  Context m_context;
  Report& m_report;
};

}  // namespace vidcv
