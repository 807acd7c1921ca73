#pragma once

#include <vidcv/core/image.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <utility>

struct AVFrame;

namespace vidcv {

/// The pixels of a JPEG picture as libjpeg-turbo decodes it (accurate DCT, smooth chroma), and so as Pillow, Chrome and
/// most others show it: FFmpeg's levels differ by up to 46. CMYK becomes RGB by Pillow's formula, with Adobe's inverted
/// inks.
/// @param jpeg  the whole file
/// @returns nothing where libjpeg-turbo cannot, or finds another size
std::optional<RgbImage> jpeg_pixels(std::span<const std::uint8_t> jpeg, int width, int height);

/// Width and height; nothing where libjpeg-turbo finds none.
std::optional<std::pair<int, int>> jpeg_size(std::span<const std::uint8_t> jpeg);

/// Whether a JPEG breaks off in its picture data: behind the last start of a scan comes no end of image. Neither marker
/// occurs within the data. Decoders fill up what is missing without a word.
bool is_cut_off(std::span<const std::uint8_t> jpeg);

/// An ink over light of `black` levels, each inverted (255: none of it), by Pillow's formula.
std::uint8_t through_ink(int ink, int black);

/// Attaches the pixels of a still JPEG that another process has decoded: packed rows of RGB, which live as long as the
/// frame.
void attach_pixels(AVFrame& frame, const std::uint8_t* rgb) noexcept;
/// A copy of them; nothing where there are none.
std::optional<RgbImage> attached_pixels(const AVFrame& frame);

}  // namespace vidcv
