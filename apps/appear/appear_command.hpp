#pragma once

#include "detection_options.hpp"
#include "missing_vectors.hpp"
#include "scene_options.hpp"

#include "shared/ledger_options.hpp"

#include <vidcv/cli/command.hpp>
#include <vidcv/media/decoder_process.hpp>
#include <vidcv/pipeline/appear.hpp>
#include <vidcv/pipeline/embed_store.hpp>
#include <vidcv/pipeline/versions.hpp>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace vidcv {

class AppearCommand : public Command {
 public:
  std::string_view name() const override { return "appear"; }
  void declare(CommandLine& line) override;
  void run(Report& report) override;
  void close() noexcept override
  {
    m_database.reset();
    end_decoders();
  }
  std::vector<std::pair<std::string, std::string>> components() const override { return library_versions(); }

 private:
  void read_words();
  std::optional<LazyEncoder> make_encoder() const;
  EmbedOptions options() const;
  std::set<std::string> embed(std::vector<ProjectClips>& found, MissingVectors& missing);
  MatchSettings match_settings(const LazyEncoder* encoder, std::int64_t model_id) const;
  void make_plates(LazyEncoder* encoder, std::int64_t model_id, Report& report);
  void warn_of_unknown_tags(const std::vector<ProjectClips>& found, Report& report);
  void calibrate(const std::vector<ProjectClips>& found, const MatchSettings& settings, Report& report);
  void match(const ProjectClips& part, const MatchSettings& settings, Report& report);

  SceneOptions m_scenes;
  LedgerOptions m_ledger;
  DetectionOptions m_detections;
  std::string m_database_file;
  std::vector<std::string> m_threshold_words;
  std::map<std::string, double> m_asset_thresholds;
  bool m_regions = false;
  bool m_calibrate = false;
  bool m_list = false;
  std::unique_ptr<Database> m_database;
};

}  // namespace vidcv
