#include <vidcv/core/identity.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/html/report_page.hpp>

#include <catch2/catch.hpp>

#include <span>

namespace vidcv {
namespace {

std::size_t count(const std::string& text, const std::string& part)
{
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) { ++found; }
  return found;
}

/// The text between the first `begin` and the `end` after it.
std::string between(const std::string& text, const std::string& begin, const std::string& end)
{
  const std::size_t from = text.find(begin) + begin.size();
  return text.substr(from, text.find(end, from) - from);
}

std::string csp_hash_of(const std::string& text)
{
  const std::string hex = sha256_hex(std::as_bytes(std::span(text)));
  std::vector<std::byte> digest;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    digest.push_back(static_cast<std::byte>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return "'sha256-" + base64(digest) + "'";
}

ReportPage page_of_one_moment()
{
  ReportPage page;
  page.title = "film.db";
  page.assets.push_back({"BALL", 0});
  page.clips.push_back({"clips/a.mp4", "./clips/a.mp4", "640×360", 8, 4, {{0, false}, {2, false}, {7, true}}});
  PageMoment moment;
  moment.asset = 0;
  moment.from_s = 2;
  moment.to_s = 7;
  moment.frames = 2;
  moment.best_s = 2;
  moment.frame_number = 50;
  moment.score = 0.913;
  moment.source = "clip_match";
  moment.box = Box{10, 20, 110, 220};
  moment.picture = 1;
  page.moments.push_back(moment);
  page.pictures = {{{std::byte{1}, std::byte{2}}, 320, 180}, {{std::byte{3}, std::byte{4}}, 640, 360}};
  return page;
}

}  // namespace

TEST_CASE("names of a report cannot become markup")
{
  ReportPage page = page_of_one_moment();
  const std::string hostile = "\"><script>alert('1')</script>&amp;\n\xFF.mp4";
  page.title = page.assets[0].tag = page.clips[0].path = page.clips[0].facts = page.query = hostile;
  page.facts.emplace_back(hostile, hostile);
  page.failures.push_back({hostile, hostile, hostile, 1});
  page.pages.emplace_back(hostile, "./a.html");
  page.moments[0].source = hostile;
  const std::string html = report_html(page);
  CHECK(count(html, "<script>") == 1);
  CHECK(html.find("alert('1')") == std::string::npos);
  CHECK(html.find("&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;\\n\xEF\xBF\xBD.mp4") !=
        std::string::npos);
  CHECK(is_utf8(html));
}

TEST_CASE("a report allows its own style and script by their hashes, and nothing else")
{
  const std::string html = report_html(page_of_one_moment());
  const std::string policy = between(html, "Content-Security-Policy\" content=\"", "\"");
  CHECK(policy == "default-src 'none'; img-src data:; style-src " + csp_hash_of(between(html, "<style>", "</style>")) +
                      "; script-src " + csp_hash_of(between(html, "<script>", "</script>")) +
                      "; base-uri 'none'; form-action 'none'");
  CHECK(html.find(" style=\"") == std::string::npos);
  CHECK(html.find("http://") == std::string::npos);
  CHECK(html.find("https://") == std::string::npos);
}

TEST_CASE("a picture is in a report once, however often it is shown")
{
  const std::string html = report_html(page_of_one_moment());
  CHECK(count(html, "href=\"data:image/jpeg;base64,") == 2);
  CHECK(count(html, "<image id=\"p1\"") == 1);
  CHECK(count(html, "<use href=\"#p1\"/>") == 1);  // in the asset's list, and in the clip's
}

TEST_CASE("a moment has its link, its score and its box in pixels of the frame")
{
  const std::string html = report_html(page_of_one_moment());
  CHECK(html.find("href=\"./clips/a.mp4#t=2.000,7.000\"") != std::string::npos);
  CHECK(html.find("score 0.913, clip_match") != std::string::npos);
  CHECK(html.find("viewBox=\"0 0 640 360\"") != std::string::npos);
  CHECK(html.find(R"(<rect class="box" x="10" y="20" width="100" height="200"/>)") != std::string::npos);
}

TEST_CASE("a timeline shows the frames and what nobody looked at")
{
  const std::string html = report_html(page_of_one_moment());
  CHECK(count(html, "class=\"tick\"") == 2);
  CHECK(count(html, "class=\"tick blank\"") == 1);
  CHECK(html.find("not looked at: 0:02.0–0:07.0") != std::string::npos);
  CHECK(html.find("not looked at: 0:00.0") == std::string::npos);
}

TEST_CASE("a moment without a picture says why")
{
  ReportPage page = page_of_one_moment();
  page.moments[0].picture.reset();
  page.moments[0].no_picture = "the clip is missing";
  CHECK(count(report_html(page), "<span class=\"none\">the clip is missing</span>") == 2);
}

TEST_CASE("an empty database has a report")
{
  ReportPage page;
  page.title = "empty.db";
  const std::string html = report_html(page);
  CHECK(html.starts_with("<!DOCTYPE html>\n"));
  CHECK(html.ends_with("</html>\n"));
  CHECK(html == report_html(page));
}

TEST_CASE("a path becomes a URL that no name can turn into a scheme")
{
  CHECK(url_of_path("a b.mp4") == "./a%20b.mp4");
  CHECK(url_of_path("javascript:alert(1)") == "./javascript%3Aalert%281%29");
  CHECK(url_of_path("../clips/50%.mp4") == "../clips/50%25.mp4");
  CHECK(url_of_path("/films/\xC3\xA9#t?.mp4") == "file:///films/%C3%A9%23t%3F.mp4");
  CHECK(url_of_path("..hidden") == "./..hidden");
}

}  // namespace vidcv
