#include "database/database_file.hpp"

#include <vidcv/core/error.hpp>

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string_view>

namespace vidcv {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& file, std::string_view cause)
{
  throw StoreError(file.string(), "open", cause);
}

void require_access(const std::filesystem::path& file, const std::filesystem::path& place, int rights)
{
  if (::access(place.c_str(), rights) != 0) { refuse(file, system_cause(errno)); }
}

/// The folder in which SQLite puts its -wal beside the file, where links lead.
std::filesystem::path folder_of(const std::filesystem::path& file)
{
  std::error_code ignored;
  const std::filesystem::path target = std::filesystem::weakly_canonical(file, ignored);
  return target.has_parent_path() ? target.parent_path() : ".";
}

void require_local_folder(const std::filesystem::path& file, const std::filesystem::path& folder)
{
  struct statfs status = {};
  if (::statfs(folder.c_str(), &status) != 0) { refuse(file, system_cause(errno)); }
  if (is_network_file_system(status.f_type)) {
    refuse(file, "on a network file system, where SQLite's WAL is unsafe: keep the database on a local disk");
  }
}

}  // namespace

bool is_network_file_system(long type) noexcept
{
  constexpr std::uint32_t k_types[] = {NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, CIFS_SUPER_MAGIC, SMB2_SUPER_MAGIC,
                                       AFS_SUPER_MAGIC, AFS_FS_MAGIC,    CEPH_SUPER_MAGIC, V9FS_MAGIC};
  for (const std::uint32_t known : k_types) {
    if (static_cast<std::uint32_t>(type) == known) { return true; }
  }
  return false;
}

OpenMode mode_for(const std::filesystem::path& file, OpenMode wanted)
{
  if (wanted != OpenMode::locked) { return wanted; }
  const std::filesystem::path folder = folder_of(file);
  struct statfs status = {};
  const bool can_lock = ::access(file.c_str(), R_OK | W_OK) == 0 && ::access(folder.c_str(), W_OK | X_OK) == 0 &&
                        ::statfs(folder.c_str(), &status) == 0 && !is_network_file_system(status.f_type);
  return can_lock ? OpenMode::locked : OpenMode::read_only;
}

void require_usable_file(const std::filesystem::path& file, OpenMode mode)
{
  struct stat status = {};
  const int missing = ::stat(file.c_str(), &status) == 0 ? 0 : errno;
  if (missing != 0 && (missing != ENOENT || mode == OpenMode::existing || mode == OpenMode::read_only)) {
    refuse(file, system_cause(missing));
  }
  if (missing == 0) {
    if (S_ISDIR(status.st_mode)) { refuse(file, system_cause(EISDIR)); }
    if (!S_ISREG(status.st_mode)) { refuse(file, "not a regular file"); }
    require_access(file, file, mode == OpenMode::read_only ? R_OK : R_OK | W_OK);
  }
  if (mode == OpenMode::read_only) { return; }
  const std::filesystem::path folder = folder_of(file);
  require_access(file, folder, W_OK | X_OK);
  require_local_folder(file, folder);
}

}  // namespace vidcv
