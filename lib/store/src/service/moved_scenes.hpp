#pragma once

#include "database/statement.hpp"

#include <string>
#include <vector>

namespace vidcv {

/// Scenes of folder projects, which their file's path names, keep index and results when the file goes elsewhere.
/// For use within a transaction.
class SceneMover {
 public:
  explicit SceneMover(Database& database);
  void move(const std::string& from, const std::string& to);

 private:
  std::vector<std::string> m_projects;
  Statement m_scene;
  Statement m_clips;
  Statement m_our_clip;
};

}  // namespace vidcv
