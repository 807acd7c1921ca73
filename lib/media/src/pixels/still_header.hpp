#pragma once

#include "input/av.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace vidcv {

/// What the bytes of a picture say and FFmpeg does not pass on.
struct StillHeader {
  long orientation = 0;              ///< of EXIF, 1 to 8; others: it does not say
  bool fourth_byte_is_alpha = true;  ///< of 32-bit pixels, and not a byte that means nothing
};

/// @param bytes  the whole file of a still picture, or the chunks in front of an animated PNG
StillHeader read_still_header(AVCodecID codec, std::span<const std::uint8_t> bytes);

/// The orientation in a block of EXIF, with its name in front or without; 0 where there is none.
long exif_orientation(std::string_view exif);
/// The same for EXIF as ImageMagick writes it into a text of a PNG: three lines, then hex digits.
long hex_exif_orientation(std::string_view text);

}  // namespace vidcv
