#include <vidcv/core/media_names.hpp>

#include "core_fixture.hpp"

#include <vidcv/core/text.hpp>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace vidcv {
namespace {

TEST_CASE("endings of names count in any case, and only at the end", "[core][names]")
{
  for (const char* name : {"a.mp4", "a.MkV", "b.tar.PNG", "a.y4m", "a.HEIC", "caf\xE9.jpg", "a.mpo", "a.264"}) {
    CAPTURE(name);
    CHECK(kind_by_name(name).has_value());
  }
  for (const char* name : {"mp4", ".mp4", "a.mp4.txt", "a.", "a.mp", "a.mp44", "a.txt", "a.db"}) {
    CAPTURE(name);
    CHECK_FALSE(kind_by_name(name).has_value());
  }
}

/// The endings in a section of docs/formats.md: each `.ending` in the second column of its table.
std::vector<std::string> documented(const std::string& section)
{
  std::istringstream page(testing::read_text(VIDCV_SOURCE_DIR "/docs/formats.md"));
  std::vector<std::string> endings;
  bool is_inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) { is_inside = line == "## " + section; }
    if (!is_inside || !line.starts_with("| ")) { continue; }
    for (const std::string& word : split(split(line, '|').at(2), '`')) {
      if (word.starts_with('.')) { endings.push_back(word); }
    }
  }
  std::ranges::sort(endings);
  return endings;
}

std::vector<std::string> coded(MediaKind kind)
{
  std::vector<std::string> endings;
  for (const MediaName& name : media_names()) {
    if (name.kind == kind) { endings.emplace_back(name.ending); }
  }
  return endings;
}

TEST_CASE("the page of formats has the names that folders are searched for, and no other", "[core][names]")
{
  CHECK(documented("Pictures") == coded(MediaKind::picture));
  CHECK(documented("Videos") == coded(MediaKind::video));
}

TEST_CASE("the table of names has each name once, in the order of the alphabet", "[core][names]")
{
  CHECK(std::ranges::is_sorted(media_names(), std::ranges::less_equal(), &MediaName::ending));
}

}  // namespace
}  // namespace vidcv
