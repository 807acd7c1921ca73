#pragma once

#include "shared/ledger_options.hpp"

#include <vidcv/cli/command.hpp>
#include <vidcv/cli/inputs.hpp>
#include <vidcv/media/decoder_process.hpp>
#include <vidcv/pipeline/embed_store.hpp>
#include <vidcv/pipeline/versions.hpp>
#include <vidcv/pipeline/work_list.hpp>

#include <memory>
#include <string>
#include <vector>

namespace vidcv {

class EmbedCommand : public Command {
 public:
  std::string_view name() const override { return "embed"; }
  void declare(CommandLine& line) override;
  void run(Report& report) override;
  void close() noexcept override
  {
    m_database.reset();
    end_decoders();
  }
  std::vector<std::pair<std::string, std::string>> components() const override { return library_versions(); }

 private:
  void open_database(OpenMode mode);
  void embed_texts(Report& report);
  void embed_assets(LazyEncoder& encoder, std::int64_t model_id, Report& report);
  EmbedOptions options() const;
  void embed_files(Inputs inputs, LazyEncoder& encoder, std::int64_t model_id, Report& report);
  template <typename Run>
  void report_run(Run& run, const ModelDescription& model, Report& report);
  void report_result(const EmbedResult& result, const ModelDescription& model, Report& report) const;
  void report_clip(const EmbeddedClip& clip, const ModelDescription& model, Report& report) const;
  std::vector<std::string> row_of(const EmbeddedClip& clip, std::size_t i, const ModelDescription& model) const;

  InputOptions m_inputs;
  LedgerOptions m_ledger;
  std::vector<std::string> m_texts;
  std::string m_database_file;
  std::string m_project;
  std::string m_manifest;
  bool m_no_database = false;
  bool m_assets = false;
  std::string m_root;
  bool m_regions = false;
  std::unique_ptr<Database> m_database;
};

}  // namespace vidcv
