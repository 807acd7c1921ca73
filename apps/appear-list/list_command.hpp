#pragma once

#include <vidcv/cli/command.hpp>

#include <string>
#include <vector>

namespace vidcv {

/// `vidcv appear --list`, in a program of its own: answers from the database alone and starts in milliseconds.
class ListCommand : public Command {
 public:
  std::string_view name() const override { return "appear --list"; }
  void declare(CommandLine& line) override;
  void run(Report& report) override;
  std::vector<std::pair<std::string, std::string>> components() const override;

 private:
  void choose_format(Report& report) const;

  bool m_list = false;
  std::string m_database_file;
  std::string m_project;
  std::string m_project_name;
  std::vector<std::string> m_scene_words;
  std::string m_tag;
  std::string m_format;
};

}  // namespace vidcv
