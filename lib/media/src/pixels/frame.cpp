#include <vidcv/media/frame.hpp>

#include "input/av.hpp"

#include <algorithm>

namespace vidcv {
namespace {

bool has_luma(const AVPixFmtDescriptor& format)
{
  return (format.flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BAYER)) == 0;
}

/// 8-bit luma from any depth and packing, rounded.
std::vector<std::uint8_t> extracted_luma(const AVFrame& frame, const AVPixFmtDescriptor& format)
{
  const AVComponentDescriptor& luma = format.comp[0];
  const auto width = static_cast<std::size_t>(frame.width);
  std::vector<std::uint8_t> plane(width * static_cast<std::size_t>(frame.height));
  std::vector<std::uint16_t> line(width);
  const std::uint8_t* data[4] = {frame.data[0], frame.data[1], frame.data[2], frame.data[3]};
  const int shift = luma.depth - 8;
  const bool plain = luma.step == 2 && luma.shift == 0 && (format.flags & AV_PIX_FMT_FLAG_BE) == 0;
  for (int y = 0; y < frame.height; ++y) {
    const std::uint16_t* levels = line.data();
    if (plain && shift > 0) {
      levels = reinterpret_cast<const std::uint16_t*>(frame.data[0] +
                                                      static_cast<std::ptrdiff_t>(y) * frame.linesize[0] + luma.offset);
    } else {
      av_read_image_line(line.data(), data, frame.linesize, &format, 0, y, 0, frame.width, 0);
    }
    std::uint8_t* row = plane.data() + static_cast<std::size_t>(y) * width;
    const int half = shift > 0 ? 1 << (shift - 1) : 0;
    for (std::size_t x = 0; x < width; ++x) {
      const int level = shift >= 0 ? (levels[x] + half) >> shift : levels[x] * 255 / ((1 << luma.depth) - 1);
      row[x] = static_cast<std::uint8_t>(std::min(level, 255));
    }
  }
  return plane;
}

}  // namespace

Frame::Frame(std::shared_ptr<const AVFrame> picture, std::int64_t number, double timestamp_s, const Geometry& geometry,
             AlphaRule alpha)
    : m_picture(std::move(picture)), m_number(number), m_timestamp_s(timestamp_s), m_geometry(geometry), m_alpha(alpha)
{
}

std::size_t Frame::bytes() const noexcept
{
  std::size_t sum = 0;
  for (const AVBufferRef* buffer : m_picture->buf) {
    sum += buffer != nullptr ? static_cast<std::size_t>(buffer->size) : 0;
  }
  return sum;
}

bool Frame::is_keyframe() const noexcept
{
  return m_picture->key_frame != 0;
}

LumaView Frame::luma() const
{
  const AVFrame& frame = *m_picture;
  const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  if (format == nullptr) { throw MediaError("", "decode", "a pixel format without a name"); }
  const bool luma = has_luma(*format) && frame.format != AV_PIX_FMT_MONOWHITE;  // whose 0 is white
  const bool full = !luma || is_full_range(frame);
  const LumaRange range = full ? LumaRange::full : LumaRange::limited;
  if (luma && format->comp[0].depth == 8 && format->comp[0].step == 1) {
    return {{frame.data[0], frame.linesize[0], frame.width, frame.height}, range};
  }
  if (!m_gray) {
    const Frame plain(m_picture, 0, 0, {}, m_alpha);  // not rotated, not stretched: every picture of a clip alike
    m_gray = std::make_shared<const std::vector<std::uint8_t>>(luma ? extracted_luma(frame, *format)
                                                                    : gray_of(plain.to_rgb()));
  }
  return {{m_gray->data(), frame.width, frame.width, frame.height}, range};
}

std::size_t Frame::size_bytes() const noexcept
{
  std::size_t size = m_gray ? m_gray->size() : 0;
  for (const AVBufferRef* buffer : m_picture->buf) { size += buffer != nullptr ? buffer->size : 0; }
  return size;
}

}  // namespace vidcv
