#pragma once

#include <vidcv/cli/command.hpp>
#include <vidcv/pipeline/versions.hpp>

#include <string>

namespace vidcv {

class IndexCommand : public Command {
 public:
  std::string_view name() const override { return "index"; }
  void declare(CommandLine& line) override;
  void run(Report& report) override;
  std::vector<std::pair<std::string, std::string>> components() const override { return library_versions(); }

 private:
  std::string m_database_file;
};

}  // namespace vidcv
