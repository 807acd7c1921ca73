#pragma once

#include <vidcv/cli/command.hpp>
#include <vidcv/cli/inputs.hpp>
#include <vidcv/pipeline/appear.hpp>
#include <vidcv/pipeline/embed_store.hpp>
#include <vidcv/pipeline/versions.hpp>

#include <memory>

namespace vidcv {

class AppearCommand : public Command {
 public:
  std::string_view name() const override { return "appear"; }
  void declare(CommandLine& line) override;
  void run(Report& report) override;
  std::vector<std::pair<std::string, std::string>> components() const override { return library_versions(); }

 private:
  std::vector<ProjectClips> find_clips(Report& report);
  void embed_missing(const ProjectClips& part, LazyEncoder& encoder, Report& report);
  void fill_assets(const ProjectRecord& project, LazyEncoder& encoder, Report& report);
  void match(const ProjectClips& part, const MatchSettings& settings, Report& report);
  void report_scene(const SceneResult& result, Report& report) const;

  InputOptions m_inputs;
  std::string m_database_file;
  std::string m_project;
  std::string m_project_name;  // empty where nobody gave one
  std::unique_ptr<Database> m_database;
  std::int64_t m_model_id = 0;
};

}  // namespace vidcv
