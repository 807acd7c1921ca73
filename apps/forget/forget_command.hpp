#pragma once

#include <vidcv/cli/command.hpp>
#include <vidcv/store/forget.hpp>

#include <string>
#include <vector>

namespace vidcv {

class ForgetCommand : public Command {
 public:
  std::string_view name() const override { return "forget"; }
  void declare(CommandLine& line) override;
  void run(Report& report) override;
  std::vector<std::pair<std::string, std::string>> components() const override;

 private:
  bool names_project() const { return !m_project.empty() || !m_project_name.empty(); }
  void require_something(const std::vector<int>& scenes) const;
  std::vector<std::string> paths() const;
  void add(const std::vector<Forgotten>& gone, const std::string& thing, const char* cause);
  void forget_paths(WriteTransaction& within, Report& report);
  void forget_of_project(WriteTransaction& within, const std::vector<int>& scenes, Report& report);
  void forget_models(WriteTransaction& within, Report& report);

  std::string m_database_file;
  std::vector<std::string> m_paths;
  bool m_nul_separated = false;
  std::string m_project;
  std::string m_project_name;
  std::vector<std::string> m_scene_words;
  std::vector<std::string> m_models;
  bool m_dry_run = false;
  std::vector<Forgotten> m_gone;
};

}  // namespace vidcv
