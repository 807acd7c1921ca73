#include "page_parts.hpp"

#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

namespace vidcv {
namespace {

constexpr std::size_t k_colours = 8;
constexpr int k_no_size = 16;  // of a picture without one

std::string image_element(const PagePicture& picture, std::size_t number)
{
  return fmt::format(R"(<image id="p{}" width="{}" height="{}" href="data:image/jpeg;base64,{}"/>)", number,
                     picture.width, picture.height, base64(picture.jpeg));
}

std::string score_text(const PageMoment& moment)
{
  std::string text = fmt::format("score {:.3f}", moment.score);
  if (moment.distinctness) { text += fmt::format(", distinctness {:.2f}", *moment.distinctness); }
  if (moment.margin) { text += fmt::format(", margin {:.3f}", *moment.margin); }
  if (!moment.source.empty()) { text += fmt::format(", {}", markup_text(moment.source)); }
  return text;
}

}  // namespace

std::size_t html_bytes_of_picture(std::size_t jpeg_bytes)
{
  constexpr std::size_t k_element = 120;
  return (jpeg_bytes + 2) / 3 * 4 + k_element;
}

std::string WrittenPictures::svg(std::optional<std::size_t> picture, const std::optional<Box>& box,
                                 const std::string& name)
{
  if (!picture || m_page.pictures.at(*picture).jpeg.empty()) { return {}; }
  const PagePicture& shown = m_page.pictures[*picture];
  std::string inside =
      m_is_written[*picture] ? fmt::format(R"(<use href="#p{}"/>)", *picture) : image_element(shown, *picture);
  m_is_written[*picture] = true;
  if (box) {
    inside += fmt::format(R"(<rect class="box" x="{}" y="{}" width="{}" height="{}"/>)", box->x1, box->y1,
                          box->x2 - box->x1, box->y2 - box->y1);
  }
  return fmt::format(R"(<svg class="shot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>)",
                     std::max(shown.width, k_no_size), std::max(shown.height, k_no_size), name, inside);
}

std::string time_text(double seconds)
{
  const auto tenths = static_cast<std::int64_t>(std::floor(std::max(seconds, 0.0) * 10 + 1e-6));
  const std::int64_t whole = tenths / 10;
  if (whole < 3600) { return fmt::format("{}:{:02}.{}", whole / 60, whole % 60, tenths % 10); }
  return fmt::format("{}:{:02}:{:02}.{}", whole / 3600, whole / 60 % 60, whole % 60, tenths % 10);
}

std::string colour_of(std::size_t asset)
{
  return fmt::format("c{}", asset % k_colours);
}

std::string link_at(const PageClip& clip, double from_s, double to_s)
{
  if (clip.link.empty()) { return {}; }
  return to_s > from_s ? fmt::format("{}#t={:.3f},{:.3f}", clip.link, from_s, to_s)
                       : fmt::format("{}#t={:.3f}", clip.link, from_s);
}

std::string moment_html(const ReportPage& page, const PageMoment& moment, const std::string& heading,
                        WrittenPictures& pictures)
{
  const PageClip& clip = page.clips.at(moment.clip);
  const std::string name = moment.asset ? markup_text(page.assets.at(*moment.asset).tag) + " in " : std::string();
  const std::string where = name + markup_text(clip.path) + " at " + time_text(moment.best_s);
  std::string picture = pictures.svg(moment.picture, moment.box, where);
  if (picture.empty()) {
    const std::string& why = moment.no_picture;
    picture = fmt::format(R"(<span class="none">{}</span>)", markup_text(why.empty() ? "no picture" : why));
  }
  const std::string link = link_at(clip, moment.from_s, moment.to_s);
  const std::string frame = moment.frame_number ? fmt::format(", frame {}", *moment.frame_number) : std::string();
  std::string times = time_text(moment.from_s);
  if (moment.to_s > moment.from_s) { times += "–" + time_text(moment.to_s); }
  if (!link.empty()) { times = fmt::format(R"(<a class="play" href="{}">{}</a>)", link, times); }
  return fmt::format(
      "<figure class=\"moment\">{}<figcaption>{}<br>{} <small>{} frame{}, best at {}{}<br>{}</small></figcaption>"
      "</figure>\n",
      picture, heading, times, moment.frames, moment.frames == 1 ? "" : "s", time_text(moment.best_s), frame,
      score_text(moment));
}

}  // namespace vidcv
