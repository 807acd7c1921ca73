#pragma once

#include "finding.hpp"

#include <vidcv/cli/command.hpp>
#include <vidcv/pipeline/versions.hpp>

#include <functional>
#include <string>

namespace vidcv {

class DoctorCommand : public Command {
 public:
  std::string_view name() const override { return "doctor"; }
  void declare(CommandLine& line) override;
  void run(Report& report) override;
  std::vector<std::pair<std::string, std::string>> components() const override { return library_versions(); }

 private:
  struct Check {
    std::string what;
    std::function<Finding()> run;
    std::string remedy = {};  ///< where looking failed
  };
  bool tell(const Check& check, Report& report);
  Finding model() const;
  Finding description() const;
  static Finding no_model();

  std::string m_database;
  bool m_has_failed = false;
};

}  // namespace vidcv
