#pragma once

#include "query_options.hpp"

#include <vidcv/cli/command.hpp>
#include <vidcv/pipeline/vector_search.hpp>
#include <vidcv/pipeline/versions.hpp>

#include <optional>
#include <string>
#include <vector>

namespace vidcv {

class SearchCommand : public Command {
 public:
  std::string_view name() const override { return "search"; }
  void declare(CommandLine& line) override;
  void run(Report& report) override;
  std::vector<std::pair<std::string, std::string>> components() const override { return library_versions(); }

 private:
  SearchRequest request() const;
  void report_moment(const FoundMoment& moment, Report& report) const;

  std::string m_database_file;
  QueryOptions m_query;
  std::string m_model_name;
  std::optional<int> m_top = 10;
  std::string m_least_score;
  std::vector<std::string> m_within;
  std::vector<std::string> m_without;
  std::string m_from;
  std::string m_to;
  std::string m_out;
  std::string m_sheet;
  bool m_frames = false;
  bool m_only_paths = false;
  bool m_exact_scan = false;
};

}  // namespace vidcv
