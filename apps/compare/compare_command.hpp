#pragma once

#include <vidcv/cli/command.hpp>

namespace vidcv {

class CompareCommand : public Command {
 public:
  std::string_view name() const override { return "compare"; }
  void declare(CLI::App& app) override;
  void run(Report& report) override;
  std::vector<std::pair<std::string, std::string>> components() const override;

 private:
  std::string m_first;
  std::string m_second;
};

}  // namespace vidcv
