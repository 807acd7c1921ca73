#include <vidcv/core/places.hpp>

#include "core_fixture.hpp"

#include <pwd.h>
#include <unistd.h>

#include <optional>
#include <string>

namespace vidcv {
namespace {

using testing::ScopedVariable;
using Ignored = std::optional<std::string>;

TEST_CASE("the home folder is that of HOME, or of the password file where HOME names no absolute one", "[core]")
{
  const ScopedVariable named("HOME", "/home/me");
  CHECK(home_folder() == std::filesystem::path("/home/me"));
  const auto ignored = GENERATE(as<Ignored>{}, std::nullopt, "", ".", "home/me");
  const ScopedVariable home("HOME", ignored);
  const passwd* entry = ::getpwuid(::getuid());
  REQUIRE(entry != nullptr);
  CHECK(home_folder() == std::filesystem::path(entry->pw_dir));
}

TEST_CASE("a base folder is the variable's if that is absolute, else the one at home", "[core]")
{
  const ScopedVariable home("HOME", "/home/me");
  const ScopedVariable named("XDG_DATA_HOME", "/data");
  CHECK(base_folder("XDG_DATA_HOME", ".local/share") == std::filesystem::path("/data"));
  const auto ignored = GENERATE(as<Ignored>{}, std::nullopt, "", "data", "./data");
  const ScopedVariable relative("XDG_DATA_HOME", ignored);
  CHECK(base_folder("XDG_DATA_HOME", ".local/share") == std::filesystem::path("/home/me/.local/share"));
}

}  // namespace
}  // namespace vidcv
