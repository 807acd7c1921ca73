#pragma once

#include <vidcv/detections/detections.hpp>

namespace vidcv {

/// Files by each name that a detector may give them.
class DetectionNames {
 public:
  explicit DetectionNames(const std::vector<std::filesystem::path>& files);

  /// Which file a detection is about.
  struct Meaning {
    std::vector<std::filesystem::path> files = {};  ///< none, the one, or several
    const FrameName* name = nullptr;                ///< under which they were found, or which is not known
    std::size_t shared = 0;  ///< a name of another machine: how many of its last parts the file's path has; else 0
  };

  /// Of each detection. A file that several names of another machine may mean is the one that shares most with it;
  /// where that is not one, or where a detection names the file itself, it is not one of them.
  std::vector<Meaning> meanings_of(const std::vector<Detection>& all) const;

 private:
  struct Known {
    std::filesystem::path file;
    std::filesystem::path absolute;  ///< without its ending where it is known without
  };
  using Names = std::map<std::string, std::vector<Known>>;

  Meaning meaning_of(const Detection& detection) const;
  std::vector<Known> called(const Names& names, const FrameName& name) const;
  std::vector<std::filesystem::path> find(const FrameName& name) const;
  void add_elsewhere(const FrameName& name, Meaning& meaning) const;

  Names m_by_name;
  Names m_by_stem;
  Names m_by_number;  // stems that are digits alone, without zeros in front
};

}  // namespace vidcv
