#pragma once

#include <vidcv/html/report_page.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace vidcv {

/// Which pictures the page holds already: each is written once and referred to afterwards.
class WrittenPictures {
 public:
  explicit WrittenPictures(const ReportPage& page) : m_page(page), m_is_written(page.pictures.size()) {}

  /// A picture as SVG, with its box drawn over it; empty if the page does not have the picture.
  /// @param name  what a screen reader says, as HTML
  std::string svg(std::optional<std::size_t> picture, const std::optional<Box>& box, const std::string& name);

 private:
  const ReportPage& m_page;
  std::vector<bool> m_is_written;
};

/// `0:03.2`, `1:02:03.0`.
std::string time_text(double seconds);

/// The class of an asset's colour.
std::string colour_of(std::size_t asset);

/// The link to a clip at some time.
std::string link_at(const PageClip& clip, double from_s, double to_s);

/// The name of a clip, as a link to its article where the page lists it.
std::string clip_link(const ReportPage& page, std::size_t clip);

/// A moment with its picture, as <figure>.
/// @param heading  what is shown in bold, as HTML
std::string moment_html(const ReportPage& page, const PageMoment& moment, const std::string& heading,
                        WrittenPictures& pictures);

/// When a clip was looked at, and what was seen: a row of sampled frames and one per asset.
/// @param moments  of this clip
std::string timeline_svg(const ReportPage& page, const PageClip& clip, const std::vector<const PageMoment*>& moments);

std::string asset_section(const ReportPage& page, WrittenPictures& pictures);
std::string clip_section(const ReportPage& page, WrittenPictures& pictures);

/// page.css and page.js.
std::string_view page_style() noexcept;
std::string_view page_script() noexcept;

}  // namespace vidcv
