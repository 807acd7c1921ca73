#include "page_parts.hpp"

#include <vidcv/core/identity.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <charconv>
#include <span>

namespace vidcv {
namespace {

/// As a Content-Security-Policy names a text that it allows.
std::string csp_hash(std::string_view text)
{
  const std::string hex = sha256_hex(std::as_bytes(std::span(text)));
  std::vector<std::byte> digest;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    unsigned char byte = 0;
    std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
    digest.push_back(std::byte{byte});
  }
  return "'sha256-" + base64(digest) + "'";
}

std::string head_html(const ReportPage& page)
{
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src {}; "
      "script-src {}; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"generator\" content=\"vidcv\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n",
      csp_hash(page_style()), csp_hash(page_script()), markup_text(page.title), page_style());
}

std::string facts_html(const ReportPage& page)
{
  std::string html = "<dl class=\"summary\">\n";
  for (const auto& [name, value] : page.facts) {
    html += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", markup_text(name), markup_text(value));
  }
  return html + "</dl>\n";
}

std::string navigation_html(const ReportPage& page)
{
  std::string html = "<nav aria-label=\"Sections\">";
  const auto add = [&](bool is_there, std::string_view id, std::string_view name) {
    if (is_there) { html += fmt::format(R"(<a href="#{}">{}</a> )", id, name); }
  };
  add(!page.pages.empty(), "pages", "Pages");
  add(!page.query.empty(), "found", "Search");
  add(!page.assets.empty(), "assets", "Assets");
  add(!page.clips.empty() && page.lists_clips, "clips", "Clips");
  add(!page.failures.empty(), "failures", "Failures");
  return html +
         "<span id=\"tools\" hidden><label>Filter <input id=\"filter\" type=\"search\" autocomplete=\"off\"></label> "
         "<label>Order <select id=\"order\"><option value=\"\">by name</option>"
         "<option value=\"score\">by score</option><option value=\"count\">by number of moments</option></select>"
         "</label> <output id=\"shown\"></output></span></nav>\n";
}

std::string pages_html(const ReportPage& page)
{
  if (page.pages.empty()) { return {}; }
  std::string html = "<section aria-labelledby=\"pages\">\n<h2 id=\"pages\">Pages</h2>\n<ul class=\"pages\">\n";
  for (const auto& [name, url] : page.pages) {
    const std::string text = fmt::format("<bdi>{}</bdi>", markup_text(name));
    html += fmt::format("<li>{}</li>\n", url.empty() ? text : fmt::format(R"(<a href="{}">{}</a>)", url, text));
  }
  return html + "</ul>\n</section>\n";
}

std::string found_html(const ReportPage& page, WrittenPictures& pictures)
{
  if (page.query.empty()) { return {}; }
  std::string html = fmt::format("<section aria-labelledby=\"found\">\n<h2 id=\"found\">Search: <bdi>{}</bdi></h2>\n",
                                 markup_text(page.query));
  if (page.found.empty()) { return html + "<p>nothing is found</p>\n</section>\n"; }
  html += "<div class=\"moments\">";
  for (const PageMoment& moment : page.found) {
    const std::string heading = clip_link(page, moment.clip);
    html += moment_html(page, moment, heading, pictures);
  }
  return html + "</div>\n</section>\n";
}

std::string failures_html(const ReportPage& page)
{
  if (page.failures.empty()) { return {}; }
  std::string html =
      "<section aria-labelledby=\"failures\">\n<h2 id=\"failures\">Failures</h2>\n<div class=\"scroll\" tabindex=\"0\" "
      "role=\"region\" aria-label=\"Table of failures\">\n<table><thead><tr><th>File</th><th>Stage</th><th>Cause</th>"
      "<th>Tries</th></tr></thead><tbody>\n";
  for (const PageFailure& failure : page.failures) {
    html += fmt::format("<tr><td><bdi>{}</bdi></td><td>{}</td><td>{}</td><td>{}</td></tr>\n", markup_text(failure.path),
                        markup_text(failure.stage), markup_text(failure.message), failure.tries);
  }
  return html + "</tbody></table></div>\n</section>\n";
}

}  // namespace

std::string report_html(const ReportPage& page)
{
  WrittenPictures pictures(page);
  std::string html = head_html(page);
  html += fmt::format("<body>\n<header>\n<h1><bdi>{}</bdi></h1>\n{}{}</header>\n<main>\n", markup_text(page.title),
                      facts_html(page), navigation_html(page));
  html += pages_html(page);
  html += found_html(page, pictures);
  html += asset_section(page, pictures);
  html += clip_section(page, pictures);
  html += failures_html(page);
  html += fmt::format("</main>\n<script>{}</script>\n</body>\n</html>\n", page_script());
  return html;
}

}  // namespace vidcv
