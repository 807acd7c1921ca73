#pragma once

#include "detection_options.hpp"

#include "shared/ledger_options.hpp"

#include <vidcv/cli/command.hpp>
#include <vidcv/cli/inputs.hpp>
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
  std::vector<ProjectClips> find_clips(Report& report);
  void require_assets() const;
  void embed_missing(const ProjectClips& part, LazyEncoder* encoder, Report& report);
  void fill_assets(const std::string& manifest_id, LazyEncoder* encoder, Report& report);
  void add_detections(const std::vector<std::filesystem::path>& files, const std::set<std::size_t>& face_lengths,
                      LazyEncoder* encoder, Report& report);
  MatchSettings match_settings(const LazyEncoder* encoder) const;
  void warn_of_unknown_tags(const std::vector<ProjectClips>& found, Report& report);
  void calibrate(const std::vector<ProjectClips>& found, const MatchSettings& settings, Report& report);
  void add_new_assets(const std::string& manifest_id, const std::vector<ProjectClips>& found,
                      const MatchSettings& settings, LazyEncoder* encoder, Report& report);
  void match(const ProjectClips& part, const MatchSettings& settings, Report& report);

  InputOptions m_inputs;
  LedgerOptions m_ledger;
  std::vector<std::filesystem::path> m_folders;  // that were named
  std::string m_database_file;
  std::string m_project;
  std::string m_project_name;  // empty where nobody gave one
  std::string m_root;
  std::vector<std::string> m_scene_words;
  std::vector<int> m_scenes;
  std::vector<std::string> m_threshold_words;
  std::map<std::string, double> m_asset_thresholds;
  bool m_regions = false;
  DetectionOptions m_detections;
  std::filesystem::path m_crops;
  bool m_calibrate = false;
  bool m_list = false;
  std::unique_ptr<Database> m_database;
  std::int64_t m_model_id = 0;  // 0: none, detections alone are looked at
};

}  // namespace vidcv
