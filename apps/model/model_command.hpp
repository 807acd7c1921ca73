#pragma once

#include <vidcv/cli/command.hpp>
#include <vidcv/clip/model.hpp>

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace vidcv {

class ModelCommand : public Command {
 public:
  std::string_view name() const override { return "model"; }
  void declare(CommandLine& line) override;
  void run(Report& report) override;
  std::vector<std::pair<std::string, std::string>> components() const override;

 private:
  void import(Report& report) const;
  void info(Report& report) const;
  void list(Report& report) const;
  void verify(Report& report);
  bool compare(const std::filesystem::path& file, nlohmann::ordered_json& result) const;
  void tell(const nlohmann::ordered_json& result, Report& report) const;

  CommandLine* m_import = nullptr;
  CommandLine* m_info = nullptr;
  CommandLine* m_list = nullptr;
  CommandLine* m_verify = nullptr;
  std::string m_source;
  std::string m_output;
  std::string m_name;
  std::string m_activation;
  std::optional<int> m_head_width;
  std::string m_preprocessing;
  std::string m_model;
  std::string m_reference;
  bool m_force = false;
};

}  // namespace vidcv
