#include <vidcv/core/files.hpp>

#include <vidcv/core/descriptor.hpp>
#include <vidcv/core/error.hpp>
#include <vidcv/core/identity.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <string_view>
#include <utility>

namespace vidcv {
namespace {

constexpr std::array<std::string_view, 4> k_made_by_systems = {"@eaDir", "#recycle", "lost+found",
                                                               "System Volume Information"};

[[noreturn]] void throw_store(const std::filesystem::path& file, int error_number)
{
  throw StoreError(file.native(), "store", system_cause(error_number));
}

constexpr const char* k_part_ending = ".part";
constexpr auto k_stale_after = std::chrono::minutes(10);

/// Of the names of a file's parts; a hash, as the file's own name may leave no room.
std::string part_beginning(const std::filesystem::path& file)
{
  return fmt::format(".{:016x}-", stable_hash(file.filename().native()));
}

std::filesystem::path temporary_beside(const std::filesystem::path& file)
{
  return std::filesystem::path(file).replace_filename(part_beginning(file) + new_id() + k_part_ending);
}

void write_all(int fd, std::span<const std::byte> bytes, const std::filesystem::path& file)
{
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) { continue; }
    if (written < 0) { throw_store(file, errno); }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

/// @param file  as errors name it
void write_new(const std::filesystem::path& temporary, std::span<const std::byte> bytes,
               const std::filesystem::path& file)
{
  Descriptor out(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (out.get() < 0) { throw_store(file, errno); }
  write_all(out.get(), bytes, file);
  if (!out.close()) { throw_store(file, errno); }
}

/// Some file systems have only the one way, some only the other: NFS knows links, FAT and CIFS renaming.
bool rename_unless_there(const std::filesystem::path& from, const std::filesystem::path& to)
{
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) { return true; }
  if (errno == EINVAL || errno == ENOSYS) {
    if (::link(from.c_str(), to.c_str()) == 0) { return true; }
  }
  if (errno != EEXIST) { throw_store(to, errno); }
  return false;
}

}  // namespace

std::filesystem::path program_folder()
{
  std::error_code unknown;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", unknown);
  if (!unknown) { return program.parent_path(); }
  // Where /proc is not mounted. NOLINTNEXTLINE(performance-no-int-to-ptr): that is how the kernel passes it
  const auto* name = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
  return std::filesystem::canonical(name).parent_path();
}

std::vector<std::filesystem::path> library_candidates(const std::filesystem::path& name)
{
  const std::filesystem::path here = program_folder();
  return {here / "../lib" / name, here / "../../lib" / name};
}

std::filesystem::path absolute_path(const std::filesystem::path& file)
{
  const std::filesystem::path whole = std::filesystem::absolute(file);
  const bool goes_up = std::find(whole.begin(), whole.end(), "..") != whole.end();
  std::error_code unreadable;
  const std::filesystem::path real = goes_up ? std::filesystem::canonical(whole.parent_path(), unreadable) : "";
  return (real.empty() ? whole : real / whole.filename()).lexically_normal();
}

bool is_passed_over(const std::filesystem::path& path)
{
  const std::string name = path.filename().native();
  return name.starts_with('.') || std::ranges::find(k_made_by_systems, name) != k_made_by_systems.end();
}

bool make_folders(const std::filesystem::path& folder)
{
  std::error_code error;
  const bool is_new = !folder.empty() && std::filesystem::create_directories(folder, error);
  if (error) { throw StoreError(folder.native(), "store", error.message()); }
  return is_new;
}

void write_file_atomically(const std::filesystem::path& file, std::span<const std::byte> bytes)
{
  replace_file(file, [&](const std::filesystem::path& temporary) { write_new(temporary, bytes, file); });
}

bool create_file_atomically(const std::filesystem::path& file, std::span<const std::byte> bytes)
{
  const std::filesystem::path temporary = temporary_beside(file);
  bool is_new = false;
  try {
    write_new(temporary, bytes, file);
    is_new = rename_unless_there(temporary, file);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  ::unlink(temporary.c_str());  // which is there still where the name is a link, or was taken
  return is_new;
}

void replace_file(const std::filesystem::path& file, const std::function<void(const std::filesystem::path&)>& write)
{
  const std::filesystem::path temporary = temporary_beside(file);
  try {
    write(temporary);
    if (::rename(temporary.c_str(), file.c_str()) != 0) { throw_store(file, errno); }
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
}

void remove_stale_parts(const std::filesystem::path& file) noexcept
{
  try {
    const std::string beginning = part_beginning(file);
    for (const auto& entry : std::filesystem::directory_iterator(absolute_path(file).parent_path())) {
      const std::string name = entry.path().filename();
      if (!name.starts_with(beginning) || !name.ends_with(k_part_ending)) { continue; }
      const auto age = std::filesystem::file_time_type::clock::now() - entry.last_write_time();
      if (age > k_stale_after) { std::filesystem::remove(entry.path()); }
    }
  } catch (const std::exception&) {  // what cannot be read or removed stays
    return;
  }
}

std::string read_file(const std::filesystem::path& file, std::size_t limit)
{
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (in.get() < 0) { throw InputError(file.native(), "open", system_cause(errno)); }
  struct stat status{};
  if (::fstat(in.get(), &status) != 0) { throw InputError(file.native(), "open", system_cause(errno)); }
  if (!S_ISREG(status.st_mode)) { throw InputError(file.native(), "open", "not a regular file"); }
  if (static_cast<std::size_t>(status.st_size) > limit) { throw InputError(file.native(), "open", "too large"); }
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t got = ::read(in.get(), text.data() + filled, text.size() - filled);
    if (got < 0 && errno == EINTR) { continue; }
    if (got < 0) { throw InputError(file.native(), "open", system_cause(errno)); }
    if (got == 0) { break; }
    filled += static_cast<std::size_t>(got);
  }
  text.resize(filled);
  return text;
}

}  // namespace vidcv
