#pragma once

#include "shared/findings_options.hpp"

#include <vidcv/cli/command.hpp>
#include <vidcv/pipeline/report_job.hpp>
#include <vidcv/pipeline/versions.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vidcv {

class ReportCommand : public Command {
 public:
  std::string_view name() const override { return "report"; }
  void declare(CommandLine& line) override;
  void run(Report& report) override;
  std::vector<std::pair<std::string, std::string>> components() const override { return library_versions(); }

 private:
  ReportJob job(Database& database, Report& report) const;

  FindingsOptions m_findings;
  std::string m_file;
  std::string m_query;
  std::string m_model_name;
  std::string m_most_bytes = "50MB";
  bool m_without_pictures = false;
  bool m_split = false;
  bool m_force = false;
};

}  // namespace vidcv
