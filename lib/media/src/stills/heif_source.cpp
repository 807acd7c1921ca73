#include "input/av.hpp"
#include "input/clip_source.hpp"
#include "input/file_reader.hpp"
#include "input/limit_watch.hpp"
#include "stills/heif_pixels.hpp"

#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <utility>

namespace vidcv {
namespace {

template <auto free_fn>
struct Release {
  template <typename T>
  void operator()(T* mine) const noexcept
  {
    free_fn(mine);
  }
};
using ContextPtr = std::unique_ptr<heif_context, Release<heif_context_free>>;
using HandlePtr = std::unique_ptr<const heif_image_handle, Release<heif_image_handle_release>>;

class HeifSource : public ClipSource {
 public:
  HeifSource(const MediaFile& file, const DecodeOptions& options)
      : m_file(file.path()), m_options(options), m_limits(m_file, options)
  {
    const LimitWatch::Turn turn(m_limits);
    m_bytes = whole_file(file);
    m_context.reset(heif_context_alloc());
    if (!m_context) { throw std::bad_alloc(); }
    require_heif(heif_context_read_from_memory_without_copy(m_context.get(), m_bytes.data(), m_bytes.size(), nullptr),
                 m_file, "open");
    heif_image_handle* handle = nullptr;
    require_heif(heif_context_get_primary_image_handle(m_context.get(), &handle), m_file, "open");
    m_handle.reset(handle);
    if (!m_limits.allows_pixels(heif_image_handle_get_width(handle), heif_image_handle_get_height(handle))) {
      m_limits.refuse_pixels("open");
    }
  }

  std::optional<Frame> next() override
  {
    if (std::exchange(m_is_read, true)) { return std::nullopt; }
    const LimitWatch::Turn turn(m_limits);
    FramePtr frame = heif_pixels(*m_handle, m_file);
    m_limits.check_frame(0, 0);
    return Frame(std::shared_ptr<const AVFrame>(frame.release(), FreeWith<av_frame_free>{}), 0, 0, {},
                 m_options.pictures.alpha);
  }

  ContainerClaims claims() override { return {}; }
  bool is_picture() const noexcept override { return true; }

 private:
  std::filesystem::path m_file;
  DecodeOptions m_options;
  LimitWatch m_limits;
  std::vector<std::uint8_t> m_bytes;  // the context reads from them
  ContextPtr m_context;
  HandlePtr m_handle;
  bool m_is_read = false;
};

}  // namespace

std::unique_ptr<ClipSource> open_heif(const MediaFile& file, const DecodeOptions& options)
{
  return std::make_unique<HeifSource>(file, options);
}

bool can_decode_heic()
{
  return heif_have_decoder_for_format(heif_compression_HEVC) != 0;
}

bool can_decode_avif()
{
  return heif_have_decoder_for_format(heif_compression_AV1) != 0;
}

}  // namespace vidcv
