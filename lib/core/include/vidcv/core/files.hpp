#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace vidcv {

/// The folder of the running program, so that all that belongs to it is found beside it.
std::filesystem::path program_folder();

/// Where `name` (a path below the prefix's lib folder, such as `vidcv/vidcv-torch.so`) may be, nearest first: programs
/// live in PREFIX/bin and PREFIX/libexec/vidcv, and the build tree has the shape of a prefix.
std::vector<std::filesystem::path> library_candidates(const std::filesystem::path& name);

/// The absolute path of a file that need not exist. `..` is followed as the system does, through links, and not cut
/// out.
std::filesystem::path absolute_path(const std::filesystem::path& file);

/// Whether scans of a folder pass over what has this name: hidden files, and folders that systems, file servers and
/// trash cans make.
bool is_passed_over(const std::filesystem::path& path);

/// Makes a folder with all above it.
/// @param folder  the working folder where it is empty
/// @returns whether it is new
/// @throws StoreError
bool make_folders(const std::filesystem::path& folder);

/// Replaces `file` by `bytes` as one act: readers see the old file or the new one, never half of it.
/// @throws StoreError
void write_file_atomically(const std::filesystem::path& file, std::span<const std::byte> bytes);

/// Makes `file` as one act, unless it is there: of several processes that try, one succeeds.
/// @returns false where there is something of that name already
/// @throws StoreError
bool create_file_atomically(const std::filesystem::path& file, std::span<const std::byte> bytes);

/// As write_file_atomically(), for a file that `write` makes, under the name that it is given.
void replace_file(const std::filesystem::path& file, const std::function<void(const std::filesystem::path&)>& write);

/// Removes what killed programs left of replacing this file: parts beside it that nothing has been written to for ten
/// minutes. For large files; the folder is read for it.
void remove_stale_parts(const std::filesystem::path& file) noexcept;

/// The whole of a regular file of at most `limit` bytes.
/// @throws InputError
std::string read_file(const std::filesystem::path& file, std::size_t limit);

}  // namespace vidcv
