#pragma once

#include <vidcv/cli/command.hpp>
#include <vidcv/store/ledger.hpp>

#include <optional>
#include <string>
#include <vector>

namespace vidcv {

class StatusCommand : public Command {
 public:
  std::string_view name() const override { return "status"; }
  void declare(CommandLine& line) override;
  void run(Report& report) override;
  std::vector<std::pair<std::string, std::string>> components() const override;

 private:
  std::string m_database;
  std::optional<int> m_runs;
  bool m_failed_only = false;
  bool m_nul_separated = false;
};

}  // namespace vidcv
