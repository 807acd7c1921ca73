#pragma once

#include <vidcv/cli/command.hpp>
#include <vidcv/store/merge.hpp>

#include <string>
#include <vector>

namespace vidcv {

class MergeCommand : public Command {
 public:
  std::string_view name() const override { return "merge"; }
  void declare(CommandLine& line) override;
  void run(Report& report) override;
  std::vector<std::pair<std::string, std::string>> components() const override;

 private:
  void merge(Database& out, const std::string& in, Report& report);

  std::string m_out;
  std::vector<std::string> m_in;
};

}  // namespace vidcv
