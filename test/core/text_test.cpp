#include <vidcv/core/text.hpp>

#include <catch2/catch.hpp>

#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vidcv {
namespace {

using namespace std::string_view_literals;

std::string base64_of(std::string_view bytes)
{
  return base64(std::as_bytes(std::span(bytes)));
}

TEST_CASE("UTF-8 is well-formed at both ends of each length", "[core][text]")
{
  CHECK(is_utf8(""));
  CHECK(is_utf8("\x00\x7F"sv));
  CHECK(is_utf8("\xC2\x80\xDF\xBF"));
  CHECK(is_utf8("\xE0\xA0\x80\xEF\xBF\xBF"));
  CHECK(is_utf8("\xED\x9F\xBF\xEE\x80\x80"));  // the neighbours of the surrogates
  CHECK(is_utf8("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"));
}

TEST_CASE("UTF-8 has no overlong forms, surrogates, values beyond U+10FFFF, stray or missing bytes", "[core][text]")
{
  const auto bad =
      GENERATE(as<std::string>{}, "\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC3", "a\xC3", "\xC3(", "\xE0\x9F\xBF",
               "\xED\xA0\x80", "\xED\xBF\xBF", "\xE2\x82", "\xE2\x28\xA1", "\xE2\x82\x28", "\xF0\x8F\xBF\xBF",
               "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF0\x9F\x98", "\xFE", "\xFF", "\xC3\xA9\xA9");
  CAPTURE(bad);
  CHECK_FALSE(is_utf8(bad));
}

TEST_CASE("one_line leaves no control character and no ambiguous backslash", "[core][text]")
{
  CHECK(one_line("a\nb\tc\rd\\e") == "a\\nb\\tc\\rd\\\\e");
  CHECK(one_line("\x00\x1B[31m\x7F"sv) == "\\x00\\x1b[31m\\x7f");
  CHECK(one_line("caf\xC3\xA9 \xFF") == "caf\xC3\xA9 \xFF");
  CHECK(one_line("\n") != one_line("\\n"));
}

TEST_CASE("percent_escaped leaves well-formed text alone and never maps two names to one", "[core][text]")
{
  CHECK(percent_escaped("/a/100%/caf\xC3\xA9") == "/a/100%/caf\xC3\xA9");
  CHECK(percent_escaped("caf\xE9") == "caf%E9");
  CHECK(percent_escaped("100%\xE9") == "100%25%E9");
  CHECK(percent_escaped("%E9\xE9") == "%25E9%E9");
  CHECK(percent_escaped("\xC3\xA9\xC3") == "\xC3\xA9%C3");
  CHECK(percent_escaped("%FF.jpg") == "%25FF.jpg");
  CHECK(percent_escaped("%FG.jpg") == "%FG.jpg");
  for (const char* path : {"\xFF.jpg", "%FF.jpg", "%25FF", "100%", "%\xFF%41", "caf\xC3\xA9 %"}) {
    CHECK(percent_unescaped(percent_escaped(path)) == path);
  }
  CHECK(percent_escaped("\xED\xA0\x80") == "%ED%A0%80");
}

TEST_CASE("every escaped path below a folder begins in one of the ways that the folder's may", "[core][text]")
{
  const std::vector<std::string> folders = {"/",           "/a/",           "/a/50%/",  "/a/%41/",
                                            "/a/caf\xE9/", "/%/caf\xE9 %/", "/50%/%41/"};
  const std::vector<std::string> files = {"x.mp4", "caf\xE9.mp4", "%41.mp4", "%.mp4", "41", "41/\xFF%"};
  for (const std::string& folder : folders) {
    const std::vector<std::string> beginnings = percent_escaped_beginnings(folder);
    CHECK(beginnings.size() <= 2);
    for (const std::string& file : files) {
      CAPTURE(folder, file);
      const std::string path = percent_escaped(folder + file);
      CHECK(std::ranges::any_of(beginnings, [&](const std::string& b) { return path.starts_with(b); }));
    }
  }
  CHECK(percent_escaped_beginnings("/a/b/") == std::vector<std::string>{"/a/b/"});
}

TEST_CASE("columns count wide characters twice and combining marks not at all", "[core][text]")
{
  CHECK(columns_of("") == 0);
  CHECK(columns_of("a.mp4") == 5);
  CHECK(columns_of("\u00e9") == 1);
  CHECK(columns_of("e\u0301") == 1);
  CHECK(columns_of("\u6620\u753b.mp4") == 8);
  CHECK(columns_of("\uac00\uff21") == 4);
  CHECK(columns_of("\U0001F600") == 2);
  CHECK(columns_of("caf\xE9") == 4);
}

TEST_CASE("a shortened text keeps its beginning and its end, whole characters, and the width that it may have",
          "[core][text]")
{
  CHECK(shortened("holiday.mp4", 11) == "holiday.mp4");
  CHECK(shortened("holiday.mp4", 8) == "hol\u2026.mp4");
  CHECK(shortened("holiday.mp4", 1) == "\u2026");
  CHECK(shortened("holiday.mp4", 0).empty());
  const std::string wide = "\u6620\u753b\u306e\u540d\u524d.mp4";
  for (std::size_t columns = 0; columns <= 16; ++columns) {
    CAPTURE(columns);
    CHECK(columns_of(shortened(wide, columns)) <= columns);
    CHECK(is_utf8(shortened(wide, columns)));
  }
  CHECK(shortened(wide, 10) == "\u6620\u753b\u2026.mp4");  // half of a wide character is left free
}

TEST_CASE("base64 has the padding of RFC 4648 and no line breaks", "[core][text]")
{
  CHECK(base64_of("").empty());
  CHECK(base64_of("f") == "Zg==");
  CHECK(base64_of("fo") == "Zm8=");
  CHECK(base64_of("foo") == "Zm9v");
  CHECK(base64_of("\xFB\xEF\xFF") == "++//");
  const std::string longer = base64_of(std::string(2048, 'x'));
  CHECK(longer.size() == 2732);
  CHECK(longer.find('\n') == std::string::npos);
  CHECK(longer.find('\0') == std::string::npos);
}

TEST_CASE("split keeps empty parts, also the last one, and makes none of empty text", "[core][text]")
{
  using Parts = std::vector<std::string>;
  CHECK(split("", ',').empty());
  CHECK(split("a", ',') == Parts{"a"});
  CHECK(split("a,b", ',') == Parts{"a", "b"});
  CHECK(split(",", ',') == Parts{"", ""});
  CHECK(split("a,,b,", ',') == Parts{"a", "", "b", ""});
}

TEST_CASE("a number is the whole of its text and finite", "[core][text]")
{
  CHECK(parse_double("0.65") == 0.65);
  CHECK(parse_double("-1") == -1.0);
  CHECK(parse_double("1e-3") == 0.001);
  for (const char* bad : {"", " ", " 1", "1 ", "1,5", "1.5x", "0x10", "nan", "inf", "-inf", "1e999", "--1", "."}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_double(bad));
  }
}

TEST_CASE("a whole number is the whole of its text and fits 64 bits", "[core][text]")
{
  CHECK(parse_integer("-9223372036854775808") == std::numeric_limits<long long>::min());
  CHECK(parse_integer("9223372036854775807") == std::numeric_limits<long long>::max());
  for (const char* bad : {"", "8.0", "8 ", " 8", "9223372036854775808", "1e3", "0x8", "eight"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_integer(bad));
  }
}

TEST_CASE("a time is seconds, minutes and seconds, or hours, minutes and seconds", "[core][text]")
{
  CHECK(parse_time("12.5") == 12.5);
  CHECK(parse_time("90") == 90.0);  // alone, seconds have no upper end
  CHECK(parse_time("00:07") == 7.0);
  CHECK(parse_time("90:00") == 5400.0);
  CHECK(parse_time("01:02:03.250") == 3723.25);
  CHECK(parse_time("0:59:59.999").value() == Approx(3599.999));
}

TEST_CASE("text that is not a time gives nothing", "[core][text]")
{
  for (const char* bad :
       {"", ":", "7:", ":07", "-1", "1:-5", "-1:05", "1:60", "1:60:00", "1:2:3:4", "1.5:00", "00:07x", "nan", "inf"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_time(bad));
  }
}

}  // namespace
}  // namespace vidcv
