#pragma once

#include <vidcv/core/image.hpp>
#include <vidcv/matching/shared_stretches.hpp>

#include <array>
#include <optional>
#include <span>

namespace vidcv {

/// A frame as gray levels of 64 × 36 fields, whatever its shape: each the mean of its part of the picture, 0 to 255.
struct Thumbnail {
  static constexpr int k_width = 64;
  static constexpr int k_height = 36;
  double time_s = 0;
  std::array<float, k_width * k_height> gray = {};
};

/// How many a second compare_pixels() is made for.
inline constexpr double k_thumbnails_per_second = 10;

Thumbnail thumbnail_of(const RgbImage& picture, double time_s);

/// Two clips whose pixels are those of the same footage.
struct PixelMatch {
  TimeLine line = {};
  double from_s = 0;  ///< of the first clip: what agrees around the stretch that was given, by thumbnails
  double to_s = 0;
  double picture = 0;            ///< mean correlation of the thumbnails, -1 to 1
  std::optional<double> motion;  ///< correlation of what changes in them; nothing where next to nothing does
  bool mirrored = false;         ///< left to right
};

/// Whether thumbnails of two clips show the same footage near a line, and on which line and how long exactly. Black
/// bars are cut off, one picture may be a part of the other (down to 0.8 of its sides) or its mirror image, and
/// brightness and contrast do not count. What tells the same footage from another take of the same scene is what
/// changes from frame to frame: thumbnails less their mean over the stretch have a correlation of 0.5 and above, or
/// little changes and the pictures are the same.
/// @param one, other  by time
/// @param from_s, to_s  of the first clip, where `line` is thought to be right within 1.5 s
/// @returns nothing if the pixels are not those of the same footage
std::optional<PixelMatch> compare_pixels(std::span<const Thumbnail> one, std::span<const Thumbnail> other,
                                         const TimeLine& line, double from_s, double to_s);

}  // namespace vidcv
