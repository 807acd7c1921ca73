#include <vidcv/core/identity.hpp>

#include "core_fixture.hpp"

#include <vidcv/core/error.hpp>

#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace vidcv {
namespace {

using testing::TempFolder;
using testing::thrown_by;
using testing::write_text;

std::string sha256_of(std::string_view text)
{
  return sha256_hex(std::as_bytes(std::span(text)));
}

bool is_lower_hex(const std::string& text)
{
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_uuid(const std::string& id, char version)
{
  return id.size() == 32 && is_lower_hex(id) && id[12] == version &&
         std::string_view("89ab").find(id[16]) != std::string_view::npos;
}

TEST_CASE("a new id is a UUID of version 4 and no two are the same", "[core][identity]")
{
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = new_id();
    REQUIRE(is_uuid(id, '4'));
    ids.insert(id);
  }
  CHECK(ids.size() == 1000);
}

// Python: uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_DNS, "vidcv"), name).hex. Derived ids are in users' databases.
TEST_CASE("a derived id is the UUID of version 5 that Python gives", "[core][identity]")
{
  CHECK(derived_id("project/scene/asset/7/clip_match") == "16e8d05b4672578a8273675c70d180ff");
  CHECK(derived_id("") == "a8af0d96370753659eae90204b00268f");
  CHECK(is_uuid(derived_id("any"), '5'));
  CHECK(derived_id("a") != derived_id("b"));
  CHECK(derived_id(std::string_view("a\0b", 3)) != derived_id("a"));
}

TEST_CASE("SHA-256 gives the digests of FIPS 180-4", "[core][identity]")
{
  CHECK(sha256_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("a content hash is XXH3-128 in canonical order, whatever the file's name and size", "[core][identity]")
{
  const TempFolder folder;
  write_text(folder / "a", "vidcv");
  write_text(folder / "empty", "");
  std::string pattern;
  for (int i = 0; i < 256; ++i) { pattern += static_cast<char>(i * 31 % 256); }
  std::string large;  // more than two of the blocks in which a file is read, and no whole number of them
  for (int i = 0; i < 10000; ++i) { large += pattern; }
  write_text(folder / "caf\xE9\n.mp4", large);

  CHECK(content_hash(folder / "a") == "a989f4003ed1d50c6ce35248446ee70e");
  CHECK(content_hash(folder / "empty") == "99aa06d3014798d86001c324468d497f");
  CHECK(content_hash(folder / "caf\xE9\n.mp4") == "dba1a2e7f2deafc8686bd0d254258007");
}

TEST_CASE("a content hash of what cannot be read is an error that names it", "[core][identity]")
{
  const TempFolder folder;
  const auto missing = thrown_by<InputError>([&] { content_hash(folder / "gone.mp4"); });
  CHECK(missing.thing() == (folder / "gone.mp4").native());
  CHECK(missing.cause() == "No such file or directory");
  CHECK(thrown_by<InputError>([&] { content_hash(folder.path()); }).cause() == "Is a directory");
}

TEST_CASE("a content hash can be abandoned", "[core][identity]")
{
  const TempFolder folder;
  write_text(folder / "large", std::string(3 << 20, 'x'));
  int asked = 0;
  CHECK_THROWS_AS(content_hash(folder / "large", [&asked] { return ++asked == 2; }), Abandoned);
  CHECK(asked == 2);
}

}  // namespace
}  // namespace vidcv
