#pragma once

#include <vidcv/store/database.hpp>

#include <filesystem>

namespace vidcv {

/// Refuses, before SQLite sees it, what cannot be a database for `mode`: nothing there, a folder, a device, no right to
/// read or write, a network file system. Nothing is opened: closing a file drops every POSIX lock that this process has
/// on it, and another connection may rely on those.
/// @throws StoreError
void require_usable_file(const std::filesystem::path& file, OpenMode mode);

/// Whether statfs's `f_type` is a file system on which programs of several machines may meet, where WAL is unsafe.
bool is_network_file_system(long type) noexcept;

/// OpenMode::locked where locks can be taken, OpenMode::read_only where not; any other mode as it is.
OpenMode mode_for(const std::filesystem::path& file, OpenMode wanted);

}  // namespace vidcv
