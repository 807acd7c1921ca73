#pragma once

#include <vidcv/core/image.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace vidcv {

/// A small picture of a frame or of an asset.
struct PagePicture {
  std::vector<std::byte> jpeg;  ///< empty: the page has no room for it
  int width = 0;                ///< pixels of the frame that it shows, in which boxes are given
  int height = 0;
};

/// An asset, or the answer of a search, in an unbroken run of a clip's frames.
struct PageMoment {
  std::optional<std::size_t> asset;  ///< position in ReportPage::assets; nothing: found by a search
  std::size_t clip = 0;              ///< position in ReportPage::clips
  double from_s = 0;
  double to_s = 0;
  int frames = 0;
  double best_s = 0;  ///< time of the best frame, of which are:
  std::optional<std::int64_t> frame_number = {};
  double score = 0;
  std::optional<double> margin = {};
  std::optional<double> distinctness = {};
  std::string source = {};
  std::optional<Box> box = {};
  std::optional<std::size_t> picture = {};  ///< position in ReportPage::pictures
  std::string no_picture = {};              ///< why there is none
};

/// A sampled frame.
struct PageFrame {
  double timestamp_s = 0;
  bool blank = false;
};

struct PageClip {
  std::string path;  ///< any bytes
  std::string link;  ///< a relative or `file:` URL, escaped; empty: no link
  std::string facts;
  double duration_s = 0;
  double longest_step_s = 0;  ///< frames farther apart leave a gap that nobody looked at
  std::vector<PageFrame> frames;
};

struct PageAsset {
  std::string tag;
  std::optional<std::size_t> picture = {};
};

struct PageFailure {
  std::string path;
  std::string stage;
  std::string message;
  std::int64_t tries = 0;
};

/// All that a report shows. Texts are plain and may hold any bytes.
struct ReportPage {
  std::string title;
  std::vector<std::pair<std::string, std::string>> facts;  ///< a name and a value each
  std::vector<PageAsset> assets;
  std::vector<PageClip> clips;
  bool lists_clips = true;          ///< no: they are there for `found` alone
  std::vector<PageMoment> moments;  ///< by clip, asset and time
  std::string query;                ///< of the search whose answer is `found`; empty: none
  std::vector<PageMoment> found;    ///< best first
  std::vector<PageFailure> failures;
  std::vector<PagePicture> pictures;
  /// Other pages of the report: a name and a relative URL, which is empty for what has no page.
  std::vector<std::pair<std::string, std::string>> pages;
};

/// The page as one HTML file that loads nothing: each picture is in it once, styles and scripts are allowed by their
/// hashes alone. The same page gives the same bytes.
std::string report_html(const ReportPage& page);

/// How many bytes of HTML a picture of so many bytes takes.
std::size_t html_bytes_of_picture(std::size_t jpeg_bytes);

/// A path as a URL, each byte that is not unreserved percent-encoded (RFC 3986); a relative one begins with `./`, so
/// that no name can be taken for a scheme.
std::string url_of_path(std::string_view path);

}  // namespace vidcv
