#pragma once

#include <vidcv/store/database.hpp>

#include <string>

namespace vidcv {

/// Scenes of folder projects, which their file's path names, keep index and results when the file goes elsewhere.
/// For use within a transaction.
void move_scenes(Database& database, const std::string& from, const std::string& to);

}  // namespace vidcv
