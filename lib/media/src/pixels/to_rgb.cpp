#include "input/av.hpp"
#include "pixels/jpeg_pixels.hpp"
#include "pixels/orientation.hpp"
#include "pixels/tone_map.hpp"

#include <vidcv/media/frame.hpp>

#include <algorithm>
#include <cmath>

namespace vidcv {
namespace {

// The matrix of a stream that does not name one: BT.709 from 720 lines on, BT.601 below, as players do.
constexpr int k_first_hd_height = 720;

const int* matrix_of(const AVFrame& frame)
{
  const bool unnamed = frame.colorspace == AVCOL_SPC_UNSPECIFIED || frame.colorspace == AVCOL_SPC_RGB;
  if (!unnamed) { return sws_getCoefficients(frame.colorspace); }
  return sws_getCoefficients(frame.height >= k_first_hd_height ? SWS_CS_ITU709 : SWS_CS_ITU601);
}

int square_width(const AVFrame& frame, double pixel_aspect)
{
  return std::max(1, static_cast<int>(std::lround(frame.width * pixel_aspect)));
}

bool has_alpha(const AVFrame& frame)
{
  const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  return format != nullptr && ((format->flags & AV_PIX_FMT_FLAG_ALPHA) != 0 || frame.format == AV_PIX_FMT_PAL8);
}

/// Rows of RGBA over a background, rounded; the levels are blended as they are, as viewers do.
void blend_row(const std::uint8_t* rgba, std::uint8_t* rgb, int width, int background)
{
  for (int x = 0; x < width; ++x) {
    const int alpha = rgba[4 * x + 3];
    for (int c = 0; c < 3; ++c) {
      rgb[3 * x + c] = static_cast<std::uint8_t>((rgba[4 * x + c] * alpha + background * (255 - alpha) + 127) / 255);
    }
  }
}

ScalerPtr make_scaler(const AVFrame& frame, const int* matrix, int width, AVPixelFormat to)
{
  const auto format = static_cast<AVPixelFormat>(frame.format);
  constexpr int k_flags = SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP;
  ScalerPtr scaler(
      sws_getContext(frame.width, frame.height, format, width, frame.height, to, k_flags, nullptr, nullptr, nullptr));
  if (!scaler) { throw MediaError("", "decode", "no conversion of this pixel format to RGB"); }
  const int* rgb_matrix = sws_getCoefficients(SWS_CS_DEFAULT);
  sws_setColorspaceDetails(scaler.get(), matrix, is_full_range(frame) ? 1 : 0, rgb_matrix, 1, 0, 1 << 16, 1 << 16);
  return scaler;
}

/// Packed pixels; rows have room beyond their end, as swscale writes whole vectors.
struct Rows {
  std::size_t stride = 0;
  std::vector<std::uint8_t> bytes = {};

  const std::uint8_t* row(int y) const { return bytes.data() + stride * static_cast<std::size_t>(y); }
};

/// @param matrix  of the whole frame, where `frame` is a part
/// @param to      a packed format
Rows converted(const AVFrame& frame, const int* matrix, int width, AVPixelFormat to)
{
  const int pixel_bytes = av_get_bits_per_pixel(av_pix_fmt_desc_get(to)) / 8;
  Rows rows{(static_cast<std::size_t>(width) * static_cast<std::size_t>(pixel_bytes) + 63) / 64 * 64};
  rows.bytes.resize(rows.stride * static_cast<std::size_t>(frame.height) + 64);
  std::uint8_t* planes[4] = {rows.bytes.data(), nullptr, nullptr, nullptr};
  const int strides[4] = {static_cast<int>(rows.stride), 0, 0, 0};
  const ScalerPtr scaler = make_scaler(frame, matrix, width, to);
  sws_scale(scaler.get(), frame.data, frame.linesize, 0, frame.height, planes, strides);
  return rows;
}

void fill_hdr(const AVFrame& frame, RgbImage& image)
{
  const Rows rows = converted(frame, matrix_of(frame), image.width, AV_PIX_FMT_RGB48);
  const ToneMap map(frame);
  for (int y = 0; y < image.height; ++y) {
    map.convert(reinterpret_cast<const std::uint16_t*>(rows.row(y)), image.row(y), image.width);
  }
}

void fill_blended(const AVFrame& frame, RgbImage& image, int background)
{
  const Rows rows = converted(frame, matrix_of(frame), image.width, AV_PIX_FMT_RGBA);
  for (int y = 0; y < image.height; ++y) { blend_row(rows.row(y), image.row(y), image.width, background); }
}

/// Packed RGB, and gray of full range, of 16 bits, as PNG and TIFF have them.
bool has_wide_levels(const AVFrame& frame)
{
  constexpr std::array k_rgb = {AV_PIX_FMT_RGB48BE, AV_PIX_FMT_RGB48LE, AV_PIX_FMT_RGBA64BE, AV_PIX_FMT_RGBA64LE};
  constexpr std::array k_gray = {AV_PIX_FMT_GRAY16BE, AV_PIX_FMT_GRAY16LE, AV_PIX_FMT_YA16BE, AV_PIX_FMT_YA16LE};
  const bool is_gray = std::ranges::find(k_gray, frame.format) != k_gray.end();
  return std::ranges::find(k_rgb, frame.format) != k_rgb.end() || (is_gray && is_full_range(frame));
}

/// The upper byte of each level, as Pillow takes it; swscale rounds.
void fill_from_upper_bytes(const AVFrame& frame, RgbImage& image)
{
  const AVPixFmtDescriptor& format = *av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  const int upper = (format.flags & AV_PIX_FMT_FLAG_BE) != 0 ? 0 : 1;
  const int step = format.comp[0].step;
  const int next = is_gray(format) ? 0 : 2;
  for (int y = 0; y < image.height; ++y) {
    const std::uint8_t* pixel = frame.data[0] + std::ptrdiff_t{y} * frame.linesize[0] + upper;
    std::uint8_t* out = image.row(y);
    for (int x = 0; x < image.width; ++x, pixel += step) {
      for (int c = 0; c < 3; ++c) { *out++ = pixel[next * c]; }
    }
  }
}

void fill_opaque(const AVFrame& frame, RgbImage& image)
{
  if (has_wide_levels(frame) && image.width == frame.width) { return fill_from_upper_bytes(frame, image); }
  const Rows rows = converted(frame, matrix_of(frame), image.width, AV_PIX_FMT_RGB24);
  for (int y = 0; y < image.height; ++y) { std::copy_n(rows.row(y), 3 * image.width, image.row(y)); }
}

/// Whether a part of the frame converts to the very pixels that the whole has there: 4:2:0 with as many pixels as twice
/// its chroma has, upright, square and plain.
bool converts_in_parts(const AVFrame& frame, const Geometry& geometry)
{
  const bool planar = frame.format == AV_PIX_FMT_YUV420P || frame.format == AV_PIX_FMT_YUVJ420P;
  const bool even = frame.width % 2 == 0 && frame.height % 2 == 0;
  return planar && even && geometry == Geometry() && frame.opaque_ref == nullptr && frame.opaque == nullptr &&
         !is_hdr(frame);
}

/// A view of the frame's pixels from (x, y) on, both even; it does not own them.
AVFrame view_of(const AVFrame& frame, int x, int y, int width, int height)
{
  AVFrame view = frame;
  for (int plane = 0; plane < 3; ++plane) {
    const int shift = plane == 0 ? 0 : 1;
    view.data[plane] += std::ptrdiff_t{y >> shift} * frame.linesize[plane] + (x >> shift);
  }
  view.width = width;
  view.height = height;
  return view;
}

/// Chroma is interpolated from neighbours: some more pixels are converted and dropped.
RgbImage converted_part(const AVFrame& frame, const Box& box)
{
  constexpr int k_margin = 16;
  const int x1 = std::max(0, box.x1 - k_margin) / 2 * 2;
  const int y1 = std::max(0, box.y1 - k_margin) / 2 * 2;
  const int x2 = std::min(frame.width, (box.x2 + k_margin) / 2 * 2);
  const int y2 = std::min(frame.height, (box.y2 + k_margin) / 2 * 2);
  const AVFrame view = view_of(frame, x1, y1, x2 - x1, y2 - y1);
  const Rows rows = converted(view, matrix_of(frame), view.width, AV_PIX_FMT_RGB24);
  RgbImage image{box.x2 - box.x1, box.y2 - box.y1, {}};
  image.pixels.resize(static_cast<std::size_t>(image.width) * 3 * static_cast<std::size_t>(image.height));
  for (int y = 0; y < image.height; ++y) {
    std::copy_n(rows.row(box.y1 - y1 + y) + std::ptrdiff_t{3} * (box.x1 - x1), 3 * image.width, image.row(y));
  }
  return image;
}

}  // namespace

std::pair<int, int> Frame::upright_size() const noexcept
{
  const std::pair<int, int> size = {square_width(*m_picture, m_geometry.pixel_aspect), m_picture->height};
  return m_geometry.rotation % 180 == 0 ? size : std::pair(size.second, size.first);
}

RgbImage Frame::to_rgb(const Box& box) const
{
  return converts_in_parts(*m_picture, m_geometry) ? converted_part(*m_picture, box) : cropped(to_rgb(), box);
}

RgbImage Frame::to_rgb() const
{
  const AVFrame& frame = *m_picture;
  if (frame.height * m_geometry.pixel_aspect * frame.width > static_cast<double>(k_most_pixels)) {
    throw MediaError("", "decode", "too many pixels once they are square");
  }
  if (auto pixels = attached_pixels(frame)) { return oriented(std::move(*pixels), m_geometry); }
  if (frame.opaque_ref != nullptr && m_geometry.pixel_aspect == 1) {
    if (auto pixels = jpeg_pixels({frame.opaque_ref->data, frame.opaque_ref->size}, frame.width, frame.height)) {
      return oriented(std::move(*pixels), m_geometry);
    }
  }
  RgbImage image{square_width(frame, m_geometry.pixel_aspect), frame.height, {}};
  image.pixels.resize(static_cast<std::size_t>(image.width) * 3 * static_cast<std::size_t>(image.height));
  if (is_hdr(frame)) {
    fill_hdr(frame, image);
  } else if (m_alpha != AlphaRule::drop && has_alpha(frame)) {
    fill_blended(frame, image, m_alpha == AlphaRule::over_white ? 255 : 0);
  } else {
    fill_opaque(frame, image);
  }
  return oriented(std::move(image), m_geometry);
}

}  // namespace vidcv
