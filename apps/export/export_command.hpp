#pragma once

#include "shared/findings_options.hpp"

#include <vidcv/cli/command.hpp>
#include <vidcv/pipeline/export_lists.hpp>
#include <vidcv/pipeline/versions.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vidcv {

class ExportCommand : public Command {
 public:
  std::string_view name() const override { return "export"; }
  void declare(CommandLine& line) override;
  void run(Report& report) override;
  std::vector<std::pair<std::string, std::string>> components() const override { return library_versions(); }

 private:
  EditList moments(Database& database, Report& report) const;
  void write_list(const EditList& list, Report& report) const;
  void write_chapters(const EditList& list, Report& report) const;
  void write_coco(Database& database, Report& report) const;
  void write_vectors(Database& database, Report& report) const;
  void put(const std::string& text, std::size_t count, Report& report) const;

  FindingsOptions m_findings;
  std::string m_format;
  std::string m_style = "markers";
  std::string m_output;
  std::string m_query;
  std::string m_model_name;
};

}  // namespace vidcv
