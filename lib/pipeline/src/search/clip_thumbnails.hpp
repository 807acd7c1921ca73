#pragma once

#include <vidcv/matching/same_pixels.hpp>
#include <vidcv/media/clip_reader.hpp>

#include <cstddef>
#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace vidcv {

/// A part of a clip, in seconds.
struct Window {
  double from_s = 0;
  double to_s = 0;
  bool operator==(const Window&) const = default;
};

/// The longest window that is decoded for a comparison.
inline constexpr double k_longest_window_s = 240;

/// The window to compare a stretch in: the first four minutes of a clip if the stretch is within them, so that others
/// may use them too, else up to four minutes from the beginning of the stretch.
Window window_around(double from_s, double to_s);

/// The thumbnails of clips, some of which are kept.
class ClipThumbnails {
 public:
  using Thumbnails = std::shared_ptr<const std::vector<Thumbnail>>;
  explicit ClipThumbnails(const DecodeOptions& decode) : m_decode(decode) {}

  /// @throws MediaError
  Thumbnails of(const std::filesystem::path& file, const Window& window);

 private:
  struct Kept {
    std::filesystem::path file;
    Window window;
    Thumbnails thumbnails;
  };
  DecodeOptions m_decode;
  std::deque<Kept> m_kept;  // the last ones that were asked for
};

}  // namespace vidcv
