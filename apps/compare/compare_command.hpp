#pragma once

#include <vidcv/cli/command.hpp>
#include <vidcv/pipeline/versions.hpp>

namespace vidcv {

class CompareCommand : public Command {
 public:
  std::string_view name() const override { return "compare"; }
  void declare(CommandLine& line) override;
  void run(Report& report) override;
  std::vector<std::pair<std::string, std::string>> components() const override { return library_versions(); }

 private:
  std::string m_first;
  std::string m_second;
};

}  // namespace vidcv
