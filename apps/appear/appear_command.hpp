#pragma once

#include <vidcv/cli/command.hpp>
#include <vidcv/cli/inputs.hpp>
#include <vidcv/pipeline/appear.hpp>
#include <vidcv/pipeline/embed_store.hpp>

#include <memory>

namespace vidcv {

class AppearCommand : public Command {
 public:
  std::string_view name() const override { return "appear"; }
  void declare(CLI::App& app) override;
  void run(Report& report) override;
  bool takes_files() const override { return true; }
  std::vector<std::pair<std::string, std::string>> components() const override;

 private:
  struct Work;  // a project with the clips to look at

  std::vector<Work> find_work(Report& report);
  std::vector<SceneClip> project_clips(const ProjectRecord& project, Report& report);
  void embed_missing(const std::vector<SceneClip>& clips, LazyEncoder& encoder, Report& report);
  void fill_assets(const ProjectRecord& project, LazyEncoder& encoder, Report& report);
  void match(const Work& work, const MatchSettings& settings, Report& report);
  void report_scene(const SceneResult& result, Report& report) const;

  InputOptions m_inputs;
  std::string m_database_file;
  std::string m_project;
  std::string m_folder_project;
  std::unique_ptr<Database> m_database;
  std::int64_t m_model_id = 0;
};

}  // namespace vidcv
