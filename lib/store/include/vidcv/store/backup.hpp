#pragma once

#include <vidcv/store/database.hpp>

#include <filesystem>

namespace vidcv {

/// Copies the database as it is now to `DB.before-vidcv-VERSION` beside it, or, where that is taken, to the same with
/// `-2`, `-3`, ... behind it: no backup ever takes the place of another. Works within a write transaction that has
/// changed nothing yet. The copy has the rights of the database.
/// @returns the copy's name
/// @throws StoreError if it cannot be written; then there is none
std::filesystem::path back_up(Database& database);

}  // namespace vidcv
