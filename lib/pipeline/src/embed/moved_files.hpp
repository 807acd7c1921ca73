#pragma once

#include <vidcv/store/ledger.hpp>

#include <filesystem>
#include <functional>
#include <utility>
#include <vector>

namespace vidcv {

/// Whether a file of the ledger no longer exists. A folder in its place is not the file; a path that cannot be
/// examined is not gone.
bool is_gone(const std::filesystem::path& file);

using NewFile = std::pair<std::filesystem::path, FileStamp>;

/// Finds known files among new ones by size and content, and notes in the database where they are now.
/// @returns those of the new files that are known ones
/// @throws Abandoned where `abandoned` says so; what was found by then is noted
std::vector<NewFile> note_moves(Database& database, const std::vector<NewFile>& new_files,
                                const std::function<bool()>& abandoned);

}  // namespace vidcv
