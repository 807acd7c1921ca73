#pragma once

#include <vidcv/cli/command.hpp>
#include <vidcv/store/project_summaries.hpp>

#include <string>

namespace vidcv {

class ProjectCommand : public Command {
 public:
  std::string_view name() const override { return "project"; }
  void declare(CommandLine& line) override;
  void run(Report& report) override;
  std::vector<std::pair<std::string, std::string>> components() const override;

 private:
  CommandLine& declare_action(CommandLine& line, const std::string& name, const std::string& description);
  std::string id_of_project(Database& database) const;
  void list(Report& report);
  void show(Report& report);
  void remove(Report& report);

  CommandLine* m_list = nullptr;
  CommandLine* m_show = nullptr;
  CommandLine* m_remove = nullptr;
  std::string m_database_file;
  std::string m_project;
  bool m_dry_run = false;
};

}  // namespace vidcv
