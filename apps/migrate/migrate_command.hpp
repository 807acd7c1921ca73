#pragma once

#include <vidcv/cli/command.hpp>
#include <vidcv/store/migration.hpp>

namespace vidcv {

class MigrateCommand : public Command {
 public:
  std::string_view name() const override { return "migrate"; }
  void declare(CommandLine& line) override;
  void run(Report& report) override;
  std::vector<std::pair<std::string, std::string>> components() const override;

 private:
  std::vector<MigrationStep> steps(Report& report);

  std::string m_database;
  bool m_check = false;
  bool m_dry_run = false;
  bool m_no_backup = false;
};

}  // namespace vidcv
