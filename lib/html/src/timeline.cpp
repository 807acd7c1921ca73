#include "page_parts.hpp"

#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <utility>

namespace vidcv {
namespace {

constexpr double k_width = 1000;  // of the drawing, in its own units
constexpr double k_left = 8;
constexpr double k_right = 992;
constexpr double k_axis_y = 14;
constexpr double k_frames_y = 22;
constexpr double k_frames_height = 12;
constexpr double k_row_height = 24;
constexpr double k_least_bar = 4;
constexpr std::size_t k_most_rows = 12;
constexpr std::size_t k_most_ticks = 400;

/// A round step that cuts a duration into four to ten parts.
double axis_step(double duration_s)
{
  constexpr std::array<double, 14> k_steps = {0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200};
  const auto fits = [&](double step) { return duration_s / step <= 10; };
  const auto found = std::ranges::find_if(k_steps, fits);
  return found == k_steps.end() ? duration_s / 4 : *found;
}

class Timeline {
 public:
  Timeline(const ReportPage& page, const PageClip& clip) : m_page(page), m_clip(clip), m_end_s(clip.duration_s)
  {
    for (const PageFrame& frame : clip.frames) { m_end_s = std::max(m_end_s, frame.timestamp_s); }
  }

  std::string draw(const std::vector<const PageMoment*>& moments)
  {
    for (const PageMoment* moment : moments) { m_end_s = std::max(m_end_s, moment->to_s); }
    if (m_end_s <= 0) { return {}; }  // a still
    draw_axis();
    draw_frames();
    const auto rows = rows_of(moments);
    double y = k_frames_y + k_frames_height + 4;
    for (std::size_t i = 0; i < std::min(rows.size(), k_most_rows); ++i, y += k_row_height) {
      draw_row(rows[i].front()->asset.value(), rows[i], y);
    }
    if (rows.size() > k_most_rows) {
      add(R"(<text class="tag" x="{}" y="{}">and {} more assets</text>)", k_left, y + 10, rows.size() - k_most_rows);
      y += k_row_height;
    }
    return fmt::format(
        "<svg class=\"timeline\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{} of {} looked at in "
        "{} frames\">{}</svg>\n",
        k_width, y + 2, time_text(m_end_s), markup_text(m_clip.path), m_clip.frames.size(), m_svg);
  }

 private:
  /// The moments of each asset, those of the best one first.
  static std::vector<std::vector<const PageMoment*>> rows_of(const std::vector<const PageMoment*>& moments)
  {
    std::map<std::size_t, std::vector<const PageMoment*>> by_asset;
    for (const PageMoment* moment : moments) { by_asset[moment->asset.value()].push_back(moment); }
    std::vector<std::vector<const PageMoment*>> rows;
    for (auto& [asset, seen] : by_asset) { rows.push_back(std::move(seen)); }
    std::ranges::sort(rows, {}, [](const auto& seen) {
      const auto best = std::ranges::max_element(seen, {}, [](const PageMoment* one) { return one->score; });
      return std::pair(-(*best)->score, (*best)->asset);
    });
    return rows;
  }

  double x_of(double seconds) const { return k_left + (k_right - k_left) * std::min(seconds / m_end_s, 1.0); }

  template <typename... Values>
  void add(fmt::format_string<Values...> format, Values&&... values)
  {
    fmt::format_to(std::back_inserter(m_svg), format, std::forward<Values>(values)...);
  }

  void draw_axis()
  {
    const double step = axis_step(m_end_s);
    for (int i = 0; i * step <= m_end_s; ++i) {
      add(R"(<text class="hour" x="{:.1f}" y="10">{}</text>)", x_of(i * step), time_text(i * step));
    }
    add(R"(<path class="axis" d="M{} {}H{}"/>)", k_left, k_axis_y, k_right);
  }

  /// The frames that were looked at, and the gaps between them.
  void draw_frames()
  {
    const std::vector<PageFrame>& frames = m_clip.frames;
    for (std::size_t i = 1; i < frames.size(); ++i) {
      const double from = frames[i - 1].timestamp_s;
      const double to = frames[i].timestamp_s;
      if (to - from <= m_clip.longest_step_s) { continue; }
      add(R"(<rect class="gap" x="{:.1f}" y="{}" width="{:.1f}" height="{}"><title>not looked at: {}–{}</title></rect>)",
          x_of(from), k_frames_y, x_of(to) - x_of(from), k_frames_height, time_text(from), time_text(to));
    }
    const std::size_t step = frames.size() / k_most_ticks + 1;
    for (std::size_t i = 0; i < frames.size(); i += step) {
      add(R"(<rect class="{}" x="{:.1f}" y="{}" width="2" height="{}"/>)", frames[i].blank ? "tick blank" : "tick",
          x_of(frames[i].timestamp_s) - 1, k_frames_y, k_frames_height);
    }
  }

  void draw_row(std::size_t asset, const std::vector<const PageMoment*>& moments, double y)
  {
    add(R"(<text class="tag" x="{}" y="{}">{}</text>)", k_left, y + 10, markup_text(m_page.assets.at(asset).tag));
    for (const PageMoment* moment : moments) {
      const double from = x_of(moment->from_s);
      const double width = std::max(x_of(moment->to_s) - from, k_least_bar);
      add("<rect class=\"bar {}\" x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"7\" rx=\"2\">"
          "<title>{}: {}–{}, score {:.3f}</title></rect>",
          colour_of(asset), std::min(from, k_right - width), y + 13, width, markup_text(m_page.assets.at(asset).tag),
          time_text(moment->from_s), time_text(moment->to_s), moment->score);
    }
  }

  const ReportPage& m_page;
  const PageClip& m_clip;
  double m_end_s;
  std::string m_svg;
};

}  // namespace

std::string timeline_svg(const ReportPage& page, const PageClip& clip, const std::vector<const PageMoment*>& moments)
{
  return Timeline(page, clip).draw(moments);
}

}  // namespace vidcv
