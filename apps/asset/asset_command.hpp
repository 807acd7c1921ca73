#pragma once

#include <vidcv/cli/command.hpp>
#include <vidcv/store/service_records.hpp>

#include <memory>

namespace vidcv {

class AssetCommand : public Command {
 public:
  std::string_view name() const override { return "asset"; }
  void declare(CommandLine& line) override;
  void run(Report& report) override;
  std::vector<std::pair<std::string, std::string>> components() const override;

 private:
  CommandLine& declare_action(CommandLine& line, const std::string& name, const std::string& description);
  bool check_pictures(Report& report);
  void check_picture(const std::string& picture, Report& report) const;
  void warn_of_replaced(Database& database, const std::string& manifest_id, const std::vector<std::string>& pictures,
                        Report& report) const;
  void add(Database& database, Report& report);
  void list(Database& database, Report& report);
  void show(Database& database, Report& report);
  void remove(Database& database, Report& report);
  void report_asset(const AssetRecord& asset, Report& report) const;

  CommandLine* m_add = nullptr;
  CommandLine* m_list = nullptr;
  CommandLine* m_show = nullptr;
  CommandLine* m_remove = nullptr;
  std::string m_database_file;
  std::string m_project;
  std::string m_folder_project;
  std::string m_tag;
  std::vector<std::string> m_pictures;
  bool m_another = false;
};

}  // namespace vidcv
