#include "input/av.hpp"
#include "input/clip_source.hpp"
#include "input/file_reader.hpp"
#include "input/limit_watch.hpp"
#include "pixels/jpeg_pixels.hpp"
#include "pixels/orientation.hpp"
#include "pixels/still_header.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace vidcv {
namespace {

FramePtr frame_of(const RgbImage& image)
{
  FramePtr frame(av_frame_alloc());
  if (!frame) { throw std::bad_alloc(); }
  frame->format = AV_PIX_FMT_RGB24;
  frame->width = image.width;
  frame->height = image.height;
  if (av_frame_get_buffer(frame.get(), 0) < 0) { throw std::bad_alloc(); }
  for (int y = 0; y < image.height; ++y) {
    std::copy_n(image.row(y), 3 * image.width, frame->data[0] + std::ptrdiff_t{y} * frame->linesize[0]);
  }
  return frame;
}

class JpegSource : public ClipSource {
 public:
  JpegSource(const MediaFile& file, const DecodeOptions& options)
      : m_file(file.path()), m_options(options), m_limits(m_file, options)
  {
    const LimitWatch::Turn turn(m_limits);
    m_bytes = whole_file(file);
    const auto size = jpeg_size(m_bytes);
    if (!size) { throw MediaError(m_file.native(), "open", "damaged at its start"); }
    m_size = *size;
    if (!m_limits.allows_pixels(m_size.first, m_size.second)) { m_limits.refuse_pixels("open"); }
  }

  std::optional<Frame> next() override
  {
    if (std::exchange(m_is_read, true)) { return std::nullopt; }
    const LimitWatch::Turn turn(m_limits);
    const auto image = jpeg_pixels(m_bytes, m_size.first, m_size.second);
    if (!image) { throw MediaError(m_file.native(), "decode", "damaged"); }
    m_limits.check_frame(0, 0);
    Geometry geometry;
    if (m_options.pictures.apply_exif) {
      set_turn(read_still_header(AV_CODEC_ID_MJPEG, m_bytes).orientation, geometry);
    }
    return Frame(std::shared_ptr<const AVFrame>(frame_of(*image).release(), FreeWith<av_frame_free>{}), 0, 0, geometry,
                 m_options.pictures.alpha);
  }

  ContainerClaims claims() override { return {}; }
  bool is_picture() const noexcept override { return true; }
  ClipFaults faults() const noexcept override { return {.damaged = is_cut_off(m_bytes) ? 1 : 0}; }

 private:
  std::filesystem::path m_file;
  DecodeOptions m_options;
  LimitWatch m_limits;
  std::vector<std::uint8_t> m_bytes;
  std::pair<int, int> m_size;
  bool m_is_read = false;
};

}  // namespace

std::unique_ptr<ClipSource> open_arithmetic_jpeg(const MediaFile& file, const DecodeOptions& options)
{
  return std::make_unique<JpegSource>(file, options);
}

}  // namespace vidcv
