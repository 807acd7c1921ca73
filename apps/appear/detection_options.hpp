#pragma once

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/report.hpp>
#include <vidcv/detections/detections.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace vidcv {

/// What a run takes in from detectors, and what it makes of it.
class DetectionOptions {
 public:
  /// `--detections`, `--first-frame`, `--register-new` and `--crops`.
  /// @returns `--register-new`
  DeclaredOption declare(CommandLine& line);

  bool has_files() const noexcept { return !m_files.empty(); }
  bool makes_assets() const noexcept { return m_register_new; }
  /// Where the pictures of new assets go.
  /// @throws UsageError for a path that the database cannot hold
  std::filesystem::path crops(const std::string& database_file) const;

  /// The detections of the files that are examined. What cannot be used is a failure in `report`, faces that nothing
  /// can be compared with are a warning.
  /// @param face_lengths  of the assets' face vectors
  std::map<std::filesystem::path, std::vector<Detection>> read(const std::vector<std::filesystem::path>& looked_at,
                                                               const std::set<std::size_t>& face_lengths,
                                                               Report& report) const;

 private:
  std::vector<std::string> m_files;
  std::optional<int> m_first_frame;
  bool m_register_new = false;
  std::string m_crops;
};

}  // namespace vidcv
