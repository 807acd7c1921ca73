#pragma once

#include <vidcv/cli/report.hpp>
#include <vidcv/clip/text_vectors.hpp>
#include <vidcv/store/database.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace vidcv {

/// Vectors of texts by one model, reported as rows or objects, and stored if there is a database.
class TextJob {
 public:
  /// @throws ModelError if the model takes no texts; nothing else is opened before
  TextJob(const std::filesystem::path& model_file, const EncoderOptions& options);

  /// Stores from now on, and skips texts that are stored already.
  void store_in(Database& database);
  /// @throws UsageError for a text that is not valid UTF-8; ModelError, StoreError
  void run(const std::vector<std::string>& texts, Report& report);

 private:
  void run_one(const std::string& text, Report& report);
  void report_one(const std::string& text, const TextVector& found, Report& report) const;

  std::filesystem::path m_file;
  EncoderOptions m_options;
  TextVectors m_texts;
  Database* m_database = nullptr;
  std::int64_t m_model_id = 0;
};

}  // namespace vidcv
