#include "av.hpp"
#include "clip_source.hpp"
#include "file_reader.hpp"
#include "limit_watch.hpp"

#include <vidcv/core/text.hpp>

#include <fmt/format.h>
#include <libheif/heif.h>

#include <algorithm>
#include <array>
#include <cstring>
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
using ImagePtr = std::unique_ptr<const heif_image, Release<heif_image_release>>;

constexpr std::int64_t k_most_bytes = std::int64_t{1} << 30;
constexpr std::array<std::string_view, 4> k_brands = {"heic", "heix", "heim", "heis"};

void require_heif(const heif_error& status, const std::filesystem::path& file, const char* action)
{
  if (status.code == heif_error_Ok) { return; }
  if (status.code == heif_error_Memory_allocation_error) { throw std::bad_alloc(); }
  throw MediaError(file.native(), action, one_line(status.message));
}

std::vector<std::uint8_t> bytes_of(const MediaFile& file)
{
  FileReader reader(file);
  const std::int64_t size = avio_size(reader.io());
  if (size < 0 || size > k_most_bytes) { throw MediaError(file.path().native(), "open", "too large for a picture"); }
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
  const int got = avio_read(reader.io(), bytes.data(), static_cast<int>(size));
  bytes.resize(static_cast<std::size_t>(std::max(got, 0)));
  return bytes;
}

/// A frame of FFmpeg's with the pixels of `image`.
FramePtr frame_of(const heif_image& image, bool has_alpha, int width, int height)
{
  FramePtr frame(av_frame_alloc());
  if (!frame) { throw std::bad_alloc(); }
  frame->format = has_alpha ? AV_PIX_FMT_RGBA : AV_PIX_FMT_RGB24;
  frame->width = width;
  frame->height = height;
  if (av_frame_get_buffer(frame.get(), 0) < 0) { throw std::bad_alloc(); }
  int stride = 0;
  const std::uint8_t* rows = heif_image_get_plane_readonly(&image, heif_channel_interleaved, &stride);
  const std::size_t row_bytes = static_cast<std::size_t>(width) * (has_alpha ? 4 : 3);
  for (int y = 0; y < height; ++y) {
    std::memcpy(frame->data[0] + std::ptrdiff_t{y} * frame->linesize[0], rows + std::ptrdiff_t{y} * stride, row_bytes);
  }
  return frame;
}

class HeicSource : public ClipSource {
 public:
  HeicSource(const MediaFile& file, const DecodeOptions& options)
      : m_file(file.path()), m_options(options), m_limits(m_file, options), m_bytes(bytes_of(file))
  {
    const LimitWatch::Turn turn(m_limits);
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
    const bool alpha = heif_image_handle_has_alpha_channel(m_handle.get()) != 0;
    heif_image* raw = nullptr;  // decoding turns it upright, as the file's own transformations say
    require_heif(heif_decode_image(m_handle.get(), &raw, heif_colorspace_RGB,
                                   alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, nullptr),
                 m_file, "decode");
    const ImagePtr image(raw);
    FramePtr frame = frame_of(*image, alpha, heif_image_get_width(raw, heif_channel_interleaved),
                              heif_image_get_height(raw, heif_channel_interleaved));
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

bool is_heic_still(const MediaFile& file)
{
  std::array<char, 12> head{};
  FileReader reader(file);
  if (avio_read(reader.io(), reinterpret_cast<unsigned char*>(head.data()), head.size()) != std::ssize(head)) {
    return false;
  }
  const std::string_view text(head.data(), head.size());
  return text.substr(4, 4) == "ftyp" && std::ranges::find(k_brands, text.substr(8)) != k_brands.end();
}

std::unique_ptr<ClipSource> open_heic(const MediaFile& file, const DecodeOptions& options)
{
  return std::make_unique<HeicSource>(file, options);
}

bool can_decode_heic()
{
  return heif_have_decoder_for_format(heif_compression_HEVC) != 0;
}

}  // namespace vidcv
