#include "isolation/lent_frame.hpp"

#include "input/av.hpp"
#include "isolation/spawned_decoder.hpp"
#include "pixels/jpeg_pixels.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <tuple>

namespace vidcv {
namespace {

constexpr std::int64_t k_behind = 64;  // swscale reads rows in vectors, and behind their end

/// Keeps a frame of a decoder for as long as somebody looks at it.
struct Lease {
  std::shared_ptr<SpawnedDecoder> decoder;
  std::uint64_t id;

  static void end(void* opaque, std::uint8_t* /*data*/)
  {
    const std::unique_ptr<Lease> lease(static_cast<Lease*>(opaque));
    lease->decoder->release(lease->id);
  }
};

/// Whether `rows` rows of `row_bytes` bytes lie in the memory, the first at `offset`.
bool has_rows(const SharedMemory& memory, std::uint64_t offset, std::int64_t stride, std::int64_t rows,
              std::int64_t row_bytes)
{
  const auto size = static_cast<std::int64_t>(memory.size()) - k_behind;
  if (offset >= static_cast<std::uint64_t>(size) || row_bytes > size || std::abs(stride) > size || rows < 1) {
    return false;
  }
  const auto first = static_cast<std::int64_t>(offset);
  const std::int64_t last = first + (rows - 1) * stride;
  return std::min(first, last) >= 0 && std::max(first, last) + row_bytes <= size;
}

/// Whether levels of two bytes, which are read as such, lie where they may.
bool is_aligned(const AVPixFmtDescriptor& format, std::uint64_t offset, std::int64_t stride)
{
  const auto is_wide = [](const AVComponentDescriptor& component) { return component.depth > 8; };
  return (offset % 2 == 0 && stride % 2 == 0) || std::none_of(format.comp, format.comp + format.nb_components, is_wide);
}

/// Every plane that the format has, and no other.
bool has_planes(const SharedMemory& memory, const wire::Picture& picture)
{
  if (picture.format < 0 || picture.format >= AV_PIX_FMT_NB) { return false; }  // no value of the enumeration
  const auto format = static_cast<AVPixelFormat>(picture.format);
  const AVPixFmtDescriptor* about = av_pix_fmt_desc_get(format);
  if (about == nullptr || (about->flags & (AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_BITSTREAM)) != 0) {
    const bool is_mono = picture.format == AV_PIX_FMT_MONOWHITE || picture.format == AV_PIX_FMT_MONOBLACK;
    if (!is_mono) { return false; }
  }
  const int planes = av_pix_fmt_count_planes(format);
  for (int i = 0; i < 4; ++i) {
    const auto place = static_cast<std::size_t>(i);
    if (i >= planes) { continue; }
    const bool is_chroma = i == 1 || i == 2;
    const int rows = is_chroma ? AV_CEIL_RSHIFT(picture.height, about->log2_chroma_h) : picture.height;
    const int row_bytes = av_image_get_linesize(format, picture.width, i);
    if (row_bytes < 0 || std::abs(std::int64_t{picture.strides[place]}) < row_bytes ||
        !is_aligned(*about, picture.offsets[place], picture.strides[place]) ||
        !has_rows(memory, picture.offsets[place], picture.strides[place], rows, row_bytes)) {
      return false;
    }
  }
  return picture.format != AV_PIX_FMT_PAL8 || has_rows(memory, picture.offsets[1], 0, 1, AVPALETTE_SIZE);
}

bool is_plausible(const SharedMemory& memory, const wire::Picture& picture, const DecodeOptions& options)
{
  const bool has_size = picture.width > 0 && picture.height > 0 &&
                        std::int64_t{picture.width} * picture.height <= std::min(options.limits.pixels, k_most_pixels);
  const bool has_geometry = picture.rotation % 90 == 0 && picture.rotation >= 0 && picture.rotation < 360 &&
                            picture.pixel_aspect > 0.01 && picture.pixel_aspect < 100;
  if (!has_size || !has_geometry || !std::isfinite(picture.timestamp_s) || picture.bytes > memory.size() ||
      !has_planes(memory, picture)) {
    return false;
  }
  if (picture.pixels == wire::k_none) { return true; }
  const std::int64_t row_bytes = std::int64_t{3} * picture.width;
  return picture.pixel_aspect == 1 && has_rows(memory, picture.pixels, row_bytes, picture.height, row_bytes);
}

template <typename Enum>
Enum within(std::int32_t value, Enum count)
{
  return value >= 0 && value < count ? static_cast<Enum>(value) : Enum{};
}

FramePtr frame_of(const SharedMemory& memory, const wire::Picture& picture)
{
  FramePtr frame(av_frame_alloc());
  if (!frame) { throw std::bad_alloc(); }
  frame->width = picture.width;
  frame->height = picture.height;
  frame->format = picture.format;
  frame->key_frame = picture.is_keyframe != 0 ? 1 : 0;
  frame->color_range = within(picture.color_range, AVCOL_RANGE_NB);
  frame->colorspace = within(picture.colorspace, AVCOL_SPC_NB);
  frame->color_primaries = within(picture.color_primaries, AVCOL_PRI_NB);
  frame->color_trc = within(picture.color_trc, AVCOL_TRC_NB);
  const int planes = av_pix_fmt_count_planes(static_cast<AVPixelFormat>(picture.format));
  const std::size_t used = picture.format == AV_PIX_FMT_PAL8 ? 2 : static_cast<std::size_t>(planes);
  for (std::size_t i = 0; i < used; ++i) {
    frame->data[i] = memory.data() + picture.offsets[i];
    frame->linesize[i] = picture.strides[i];
  }
  return frame;
}

}  // namespace

std::optional<Frame> lent_frame(const std::shared_ptr<SpawnedDecoder>& decoder, const wire::Picture& picture,
                                const DecodeOptions& options)
{
  const SharedMemory& memory = decoder->memory();
  auto lease = std::make_unique<Lease>(Lease{decoder, picture.id});
  if (!is_plausible(memory, picture, options)) { return std::nullopt; }
  FramePtr frame = frame_of(memory, picture);
  frame->buf[0] = av_buffer_create(frame->data[0], picture.bytes, Lease::end, lease.get(), AV_BUFFER_FLAG_READONLY);
  if (frame->buf[0] == nullptr) { throw std::bad_alloc(); }
  std::ignore = lease.release();
  if (picture.pixels != wire::k_none) { attach_pixels(*frame, memory.data() + picture.pixels); }
  const Geometry geometry{picture.rotation, picture.mirrored != 0, picture.pixel_aspect};
  return Frame(std::shared_ptr<const AVFrame>(frame.release(), FreeWith<av_frame_free>{}), picture.number,
               picture.timestamp_s, geometry, options.pictures.alpha);
}

std::optional<FrameTimes> lent_times(SpawnedDecoder& decoder, const wire::TimesOfFrames& times)
{
  const SharedMemory& memory = decoder.memory();
  const std::uint64_t most = memory.size() / sizeof(double);
  if (times.count > most || times.keyframes > times.count) { return std::nullopt; }
  const std::uint64_t size = (times.count + times.keyframes) * sizeof(double);
  if (size > memory.size() || times.offset > memory.size() - size || !std::isfinite(times.end_s)) {
    return std::nullopt;
  }
  std::vector<double> numbers(times.count + times.keyframes);
  if (size > 0) { std::memcpy(numbers.data(), memory.data() + times.offset, size); }
  decoder.release(times.id);
  FrameTimes copy;
  const auto keyframes = numbers.begin() + static_cast<std::ptrdiff_t>(times.count);
  copy.times_s.assign(numbers.begin(), keyframes);
  for (auto number = keyframes; number != numbers.end(); ++number) {
    if (!(*number >= 0 && *number < static_cast<double>(times.count))) { return std::nullopt; }
    copy.keyframes.push_back(static_cast<std::int64_t>(*number));
  }
  copy.end_s = times.end_s;
  copy.only_keyframes = times.only_keyframes != 0;
  copy.unproven = wire::text_of(times.unproven);
  return copy;
}

}  // namespace vidcv
