#include "page_parts.hpp"

#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace vidcv {
namespace {

constexpr std::size_t k_open_clips = 50;  // the others are closed, so that a browser has little to draw

using Moments = std::vector<const PageMoment*>;

std::string heading_of(const ReportPage& page, std::size_t asset)
{
  return fmt::format(R"(<b class="{}"><bdi>{}</bdi></b>)", colour_of(asset), markup_text(page.assets.at(asset).tag));
}

/// The best moment of each clip, best first.
Moments best_of_clips(const Moments& moments)
{
  std::map<std::size_t, const PageMoment*> by_clip;
  for (const PageMoment* moment : moments) {
    const PageMoment*& best = by_clip.try_emplace(moment->clip, moment).first->second;
    if (moment->score > best->score) { best = moment; }
  }
  Moments best;
  for (const auto& [clip, moment] : by_clip) { best.push_back(moment); }
  std::ranges::sort(best, {}, [](const PageMoment* moment) { return std::pair(-moment->score, moment->clip); });
  return best;
}

std::string asset_html(const ReportPage& page, std::size_t asset, const Moments& moments, WrittenPictures& pictures)
{
  const PageAsset& shown = page.assets[asset];
  const Moments best = best_of_clips(moments);
  std::string html = fmt::format(
      "<article class=\"asset\" id=\"asset-{}\" data-score=\"{:.4f}\" data-count=\"{}\">\n<h3>{}</h3>\n"
      "<div class=\"reference\">{}<p>{}</p></div>\n",
      asset, best.empty() ? -1 : best.front()->score, moments.size(), heading_of(page, asset),
      pictures.svg(shown.picture, {}, "reference picture of " + markup_text(shown.tag)),
      best.empty() ? "not seen in any clip"
                   : fmt::format("seen in {} clip{}", best.size(), best.size() == 1 ? "" : "s"));
  if (best.empty()) { return html + "</article>\n"; }
  html += "<div class=\"moments\">";
  for (const PageMoment* moment : best) { html += moment_html(page, *moment, clip_link(page, moment->clip), pictures); }
  return html + "</div>\n</article>\n";
}

std::string clip_html(const ReportPage& page, std::size_t number, const Moments& moments, WrittenPictures& pictures)
{
  const PageClip& clip = page.clips[number];
  double best = -1;
  for (const PageMoment* moment : moments) { best = std::max(best, moment->score); }
  const std::string name = markup_text(clip.path);
  std::string html = fmt::format(
      "<article class=\"clip\" id=\"clip-{}\" data-score=\"{:.4f}\" data-count=\"{}\">\n<h3><bdi>{}</bdi></h3>\n"
      "<p class=\"facts\">{}{}</p>\n",
      number, best, moments.size(), clip.link.empty() ? name : fmt::format(R"(<a href="{}">{}</a>)", clip.link, name),
      markup_text(clip.facts), moments.empty() ? " · nothing seen" : "");
  html += timeline_svg(page, clip, moments);
  if (moments.empty()) { return html + "</article>\n"; }
  html += fmt::format("<details{}><summary>{} moment{}</summary><div class=\"moments\">",
                      number < k_open_clips ? " open" : "", moments.size(), moments.size() == 1 ? "" : "s");
  for (const PageMoment* moment : moments) {
    html += moment_html(page, *moment, heading_of(page, moment->asset.value()), pictures);
  }
  return html + "</div></details>\n</article>\n";
}

/// `moments` by what `key` gives of each.
template <typename Key>
std::vector<Moments> grouped(const std::vector<PageMoment>& moments, std::size_t count, Key key)
{
  std::vector<Moments> groups(count);
  for (const PageMoment& moment : moments) { groups.at(key(moment)).push_back(&moment); }
  return groups;
}

}  // namespace

std::string clip_link(const ReportPage& page, std::size_t clip)
{
  const std::string name = fmt::format("<bdi>{}</bdi>", markup_text(page.clips.at(clip).path));
  return page.lists_clips ? fmt::format(R"(<a href="#clip-{}">{}</a>)", clip, name) : name;
}

std::string asset_section(const ReportPage& page, WrittenPictures& pictures)
{
  if (page.assets.empty()) { return {}; }
  const auto groups =
      grouped(page.moments, page.assets.size(), [](const PageMoment& moment) { return moment.asset.value(); });
  std::string html = "<section aria-labelledby=\"assets\">\n<h2 id=\"assets\">Assets</h2>\n<div class=\"list\">\n";
  for (std::size_t i = 0; i < page.assets.size(); ++i) { html += asset_html(page, i, groups[i], pictures); }
  return html + "</div>\n</section>\n";
}

std::string clip_section(const ReportPage& page, WrittenPictures& pictures)
{
  if (page.clips.empty() || !page.lists_clips) { return {}; }
  const auto groups = grouped(page.moments, page.clips.size(), [](const PageMoment& moment) { return moment.clip; });
  std::string html = "<section aria-labelledby=\"clips\">\n<h2 id=\"clips\">Clips</h2>\n<div class=\"list\">\n";
  for (std::size_t i = 0; i < page.clips.size(); ++i) { html += clip_html(page, i, groups[i], pictures); }
  return html + "</div>\n</section>\n";
}

}  // namespace vidcv
