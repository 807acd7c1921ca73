#include <vidcv/core/places.hpp>

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace vidcv {
namespace {

using std::filesystem::path;

constexpr std::size_t k_largest_entry = 64 * 1024;  // bytes of an entry of the password file

std::optional<path> absolute(const char* text)
{
  return text != nullptr && text[0] == '/' ? std::optional<path>(text) : std::nullopt;
}

}  // namespace

std::optional<path> folder_of_variable(const char* variable)
{
  return absolute(std::getenv(variable));
}

std::optional<path> home_folder()
{
  if (auto home = folder_of_variable("HOME")) { return home; }
  std::array<char, k_largest_entry> room{};
  passwd entry{};
  passwd* found = nullptr;
  const bool is_known = ::getpwuid_r(::getuid(), &entry, room.data(), room.size(), &found) == 0 && found != nullptr;
  return is_known ? absolute(entry.pw_dir) : std::nullopt;
}

std::optional<path> base_folder(const char* variable, const path& below_home)
{
  if (auto folder = folder_of_variable(variable)) { return folder; }
  const auto home = home_folder();
  return home ? std::optional<path>(*home / below_home) : std::nullopt;
}

}  // namespace vidcv
