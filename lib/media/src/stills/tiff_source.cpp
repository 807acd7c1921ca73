#include "input/av.hpp"
#include "input/clip_source.hpp"
#include "input/file_reader.hpp"
#include "pixels/orientation.hpp"
#include "stills/tiff_pixels.hpp"

#include <memory>
#include <utility>

namespace vidcv {
namespace {

class TiffSource : public ClipSource {
 public:
  TiffSource(const MediaFile& file, const DecodeOptions& options) : m_options(options), m_limits(file.path(), options)
  {
    const LimitWatch::Turn turn(m_limits);
    m_tiff = std::make_unique<TiffFile>(file, m_limits);
    const TiffShape& shape = m_tiff->shape();
    if (!m_limits.allows_pixels(shape.width, shape.height)) { m_limits.refuse_pixels("open"); }
  }

  bool is_raw() const { return m_tiff->shape().is_raw; }

  std::optional<Frame> next() override
  {
    if (std::exchange(m_is_read, true)) { return std::nullopt; }
    const LimitWatch::Turn turn(m_limits);
    FramePtr frame = tiff_pixels(*m_tiff);
    m_limits.check_frame(0, 0);
    Geometry geometry;
    set_turn(m_tiff->shape().orientation, geometry);
    geometry.pixel_aspect = m_tiff->shape().pixel_aspect;
    return Frame(std::shared_ptr<const AVFrame>(frame.release(), FreeWith<av_frame_free>{}), 0, 0, geometry,
                 m_options.pictures.alpha);
  }

  ContainerClaims claims() override { return {}; }
  bool is_picture() const noexcept override { return true; }
  ClipFaults faults() const noexcept override { return {.damaged = m_tiff->damaged()}; }

 private:
  DecodeOptions m_options;
  LimitWatch m_limits;
  std::unique_ptr<TiffFile> m_tiff;
  bool m_is_read = false;
};

}  // namespace

std::unique_ptr<ClipSource> open_tiff(const MediaFile& file, const DecodeOptions& options)
{
  auto source = std::make_unique<TiffSource>(file, options);
  return source->is_raw() ? open_video(file, options) : std::move(source);
}

}  // namespace vidcv
