#include <vidcv/media/contact_sheet.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

namespace vidcv {
namespace {

RgbImage sheet_of(const std::string& heading, const std::string& label)
{
  ContactSheet sheet(heading);
  RgbImage picture{64, 36, {}};
  picture.pixels.assign(std::size_t{64} * 36 * 3, 90);
  sheet.add(picture, label);
  return sheet.image();
}

/// The line of text at the top.
std::vector<std::uint8_t> heading_of(const std::string& heading)
{
  const RgbImage sheet = sheet_of(heading, "");
  return {sheet.pixels.begin(), sheet.pixels.begin() + 3 * std::ptrdiff_t{30} * sheet.width};
}

TEST_CASE("the texts of a contact sheet are drawn in any script", "[media][sheet]")
{
  const auto blank = heading_of("");
  CHECK(std::ranges::count(blank, blank.front()) == std::ssize(blank));
  for (const char* name : {"Z\u00fcrich", "\u65e5\u672c.mp4", "\u05e9\u05dc\u05d5\u05dd", "film.mp4"}) {
    CHECK(heading_of(name) != blank);
    CHECK(heading_of(name) != heading_of(std::string(std::string(name).size(), '?')));
  }
  CHECK(heading_of("film") != heading_of("FILM"));
}

TEST_CASE("a text that is too wide is cut within its sheet", "[media][sheet]")
{
  const RgbImage sheet = sheet_of(std::string(2000, 'W'), std::string(2000, 'M') + "\nsecond line");
  CHECK(sheet.width == sheet_of("", "").width);
  CHECK(sheet.height == sheet_of("", "").height);
}

}  // namespace
}  // namespace vidcv
