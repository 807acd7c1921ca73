#include "stills/tiff_pixels.hpp"

#include "pixels/jpeg_pixels.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

namespace vidcv {
namespace {

AVPixelFormat format_of(std::size_t samples, std::size_t bytes)
{
  constexpr AVPixelFormat k_narrow[] = {AV_PIX_FMT_GRAY8, AV_PIX_FMT_YA8, AV_PIX_FMT_RGB24, AV_PIX_FMT_RGBA};
  constexpr AVPixelFormat k_wide[] = {AV_PIX_FMT_GRAY16, AV_PIX_FMT_YA16, AV_PIX_FMT_RGB48, AV_PIX_FMT_RGBA64};
  return (bytes == 1 ? k_narrow : k_wide)[samples - 1];
}

/// @param samples  1 to 4 a pixel: gray, gray and alpha, RGB, RGBA
template <typename Level>
FramePtr frame_of(const TiffShape& shape, const std::vector<Level>& levels, std::size_t samples)
{
  FramePtr frame(av_frame_alloc());
  if (!frame) { throw std::bad_alloc(); }
  frame->format = format_of(samples, sizeof(Level));
  frame->width = static_cast<int>(shape.width);
  frame->height = static_cast<int>(shape.height);
  frame->color_range = AVCOL_RANGE_JPEG;
  if (av_frame_get_buffer(frame.get(), 0) < 0) { throw std::bad_alloc(); }
  const std::size_t row = shape.width * samples;
  for (int y = 0; y < frame->height; ++y) {
    std::memcpy(frame->data[0] + std::ptrdiff_t{y} * frame->linesize[0], levels.data() + row * std::size_t(y),
                row * sizeof(Level));
  }
  return frame;
}

/// Divides alpha out of the colours in front of it.
template <typename Level>
void divide_by_alpha(std::vector<Level>& levels, std::size_t samples)
{
  constexpr std::uint64_t k_most = std::numeric_limits<Level>::max();
  for (std::size_t i = 0; i < levels.size(); i += samples) {
    const std::uint64_t alpha = levels[i + samples - 1];
    if (alpha == 0 || alpha == k_most) { continue; }
    for (std::size_t s = 0; s + 1 < samples; ++s) {
      levels[i + s] = static_cast<Level>(std::min(k_most, k_most * levels[i + s] / alpha));
    }
  }
}

/// The samples behind the colours: whether the first is alpha.
/// @param colours  samples of a pixel that are colours
bool has_alpha(const TiffShape& shape, std::size_t colours)
{
  if (shape.samples <= colours) { return false; }
  return shape.extra_samples.empty() || shape.extra_samples.front() != EXTRASAMPLE_UNSPECIFIED;
}

/// Gray and RGB, with alpha or without.
template <typename Level>
FramePtr plain_pixels(TiffFile& tiff, std::size_t colours)
{
  const TiffShape& shape = tiff.shape();
  const bool alpha = has_alpha(shape, colours);
  const std::size_t samples = colours + (alpha ? 1 : 0);
  std::vector<Level> levels = tiff.read<Level>(samples);
  const unsigned most = (1U << shape.bits) - 1;
  if (shape.photometric == PHOTOMETRIC_MINISWHITE) {
    for (std::size_t i = 0; i < levels.size(); i += samples) { levels[i] = static_cast<Level>(most - levels[i]); }
  }
  if (shape.bits < 8) {
    for (Level& level : levels) { level = static_cast<Level>(level * 255 / most); }
  }
  const bool is_multiplied = !shape.extra_samples.empty() && shape.extra_samples.front() == EXTRASAMPLE_ASSOCALPHA;
  if (alpha && is_multiplied) { divide_by_alpha(levels, samples); }
  return frame_of(shape, levels, samples);
}

FramePtr palette_pixels(TiffFile& tiff)
{
  const bool alpha = has_alpha(tiff.shape(), 1) && tiff.shape().bits == 8;
  const std::size_t read = alpha ? 2 : 1;
  const std::vector<std::uint8_t> colours = tiff.palette();
  const std::vector<std::uint8_t> places = tiff.read<std::uint8_t>(read);
  std::vector<std::uint8_t> levels;
  levels.reserve(places.size() / read * (2 + read));
  for (std::size_t i = 0; i < places.size(); i += read) {
    const std::uint8_t* colour = colours.data() + std::size_t{3} * places[i];
    levels.insert(levels.end(), colour, colour + 3);
    if (alpha) { levels.push_back(places[i + 1]); }
  }
  return frame_of(tiff.shape(), levels, 2 + read);
}

template <typename Level>
FramePtr ink_pixels(TiffFile& tiff)
{
  std::uint16_t inks = INKSET_CMYK;
  TIFFGetFieldDefaulted(tiff.handle(), TIFFTAG_INKSET, &inks);
  if (inks != INKSET_CMYK || tiff.shape().samples < 4) { tiff.refuse("inks other than CMYK"); }
  const std::vector<Level> levels = tiff.read<Level>(4);
  constexpr int k_shift = 8 * (sizeof(Level) - 1);
  std::vector<std::uint8_t> rgb;
  rgb.reserve(levels.size() / 4 * 3);
  for (std::size_t i = 0; i < levels.size(); i += 4) {
    const int black = 255 - (levels[i + 3] >> k_shift);
    for (std::size_t s = 0; s < 3; ++s) { rgb.push_back(through_ink(255 - (levels[i + s] >> k_shift), black)); }
  }
  return frame_of(tiff.shape(), rgb, 3);
}

/// Whatever libtiff itself turns into RGB.
FramePtr other_pixels(TiffFile& tiff)
{
  struct Image : TIFFRGBAImage {
    ~Image() { TIFFRGBAImageEnd(this); }
  };
  const TiffShape& shape = tiff.shape();
  char cause[1024] = "";
  if (TIFFRGBAImageOK(tiff.handle(), cause) != 1) { tiff.refuse(one_line(cause)); }
  Image image{};
  if (TIFFRGBAImageBegin(&image, tiff.handle(), 1, cause) != 1) { tiff.refuse(one_line(cause)); }
  image.req_orientation = image.orientation;  // as it is stored: it is turned upright later
  std::vector<std::uint32_t> raster(std::size_t{shape.width} * shape.height);
  if (TIFFRGBAImageGet(&image, raster.data(), shape.width, shape.height) != 1) { tiff.fail("decode"); }
  std::vector<std::uint8_t> rgb;
  rgb.reserve(raster.size() * 3);
  for (const std::uint32_t pixel : raster) {
    for (const std::uint32_t level : {TIFFGetR(pixel), TIFFGetG(pixel), TIFFGetB(pixel)}) {
      rgb.push_back(static_cast<std::uint8_t>(level));
    }
  }
  return frame_of(shape, rgb, 3);
}

template <typename Level>
FramePtr pixels_in(TiffFile& tiff)
{
  const TiffShape& shape = tiff.shape();
  switch (shape.photometric) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
      return plain_pixels<Level>(tiff, 1);
    case PHOTOMETRIC_RGB:
      return shape.samples < 3 ? other_pixels(tiff) : plain_pixels<Level>(tiff, 3);
    case PHOTOMETRIC_PALETTE:
      return shape.bits > 8 ? other_pixels(tiff) : palette_pixels(tiff);
    case PHOTOMETRIC_SEPARATED:
      return shape.bits < 8 ? other_pixels(tiff) : ink_pixels<Level>(tiff);
    default:
      return other_pixels(tiff);
  }
}

}  // namespace

FramePtr tiff_pixels(TiffFile& tiff)
{
  const TiffShape& shape = tiff.shape();
  if (TIFFIsCODECConfigured(shape.compression) != 1) { tiff.refuse(fmt::format("compression {}", shape.compression)); }
  if (shape.sample_format != SAMPLEFORMAT_UINT && shape.sample_format != SAMPLEFORMAT_VOID &&
      shape.photometric != PHOTOMETRIC_LOGLUV && shape.photometric != PHOTOMETRIC_LOGL) {
    tiff.refuse(shape.sample_format == SAMPLEFORMAT_IEEEFP ? "floating-point samples" : "signed samples");
  }
  if (shape.photometric == PHOTOMETRIC_YCBCR && shape.compression == COMPRESSION_JPEG && shape.bits == 8 &&
      shape.samples == 3 && !shape.is_planar) {
    tiff.convert_jpeg();
    return plain_pixels<std::uint8_t>(tiff, 3);
  }
  constexpr std::uint16_t k_depths[] = {1, 2, 4, 8, 16};
  if (std::ranges::find(k_depths, shape.bits) == std::end(k_depths)) { return other_pixels(tiff); }
  return shape.bits == 16 ? pixels_in<std::uint16_t>(tiff) : pixels_in<std::uint8_t>(tiff);
}

}  // namespace vidcv
