#pragma once

#include <vidcv/cli/command.hpp>
#include <vidcv/pipeline/duplicates.hpp>
#include <vidcv/pipeline/versions.hpp>

#include <string>
#include <vector>

namespace vidcv {

class DuplicatesCommand : public Command {
 public:
  std::string_view name() const override { return "duplicates"; }
  void declare(CommandLine& line) override;
  void run(Report& report) override;
  std::vector<std::pair<std::string, std::string>> components() const override { return library_versions(); }

 private:
  DuplicateRequest request() const;
  void report_found(const Duplicate& duplicate, Report& report) const;

  std::string m_database_file;
  std::string m_model_name;
  std::string m_least_score;
  std::vector<std::string> m_within;
  std::vector<std::string> m_without;
  std::vector<std::string> m_only;
  std::string m_least_shared;
  bool m_verify = false;
  bool m_only_paths = false;
};

}  // namespace vidcv
