#pragma once

#include <vidcv/pipeline/detections.hpp>

namespace vidcv {

/// Files by each name that a detector may give them.
class DetectionNames {
 public:
  explicit DetectionNames(const std::vector<std::filesystem::path>& files);

  /// Which file a detection is about.
  struct Meaning {
    std::vector<std::filesystem::path> files;  ///< none, the one, or several
    const FrameName* name = nullptr;           ///< under which they were found, or which is not known
  };
  Meaning meaning_of(const Detection& detection) const;

 private:
  struct Known {
    std::filesystem::path file;
    std::filesystem::path absolute;
  };
  using Names = std::map<std::string, std::vector<Known>>;

  std::vector<std::filesystem::path> find(const FrameName& name) const;

  Names m_by_name;
  Names m_by_stem;
};

}  // namespace vidcv
