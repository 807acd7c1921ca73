#pragma once

#include <vidcv/store/database.hpp>

#include <string>

namespace vidcv {

/// The id of a new row of `table` that stands for `name`: derived, so that databases made from the same folder agree; a
/// random one if another row has it already (a renamed one).
std::string id_for(Database& database, const std::string& table, const std::string& name);

}  // namespace vidcv
