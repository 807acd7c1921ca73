#include "stills/heif_pixels.hpp"

#include "pixels/tone_map.hpp"

#include <vidcv/core/text.hpp>

#include <cstring>
#include <memory>
#include <new>

namespace vidcv {
namespace {

struct FreeProfile {
  void operator()(heif_color_profile_nclx* profile) const noexcept { heif_nclx_color_profile_free(profile); }
};
struct FreeImage {
  void operator()(const heif_image* image) const noexcept { heif_image_release(image); }
};
using ImagePtr = std::unique_ptr<const heif_image, FreeImage>;

/// Primaries and transfer, in the numbers of ITU-T H.273, which are FFmpeg's too.
void set_colours(const heif_image_handle& handle, AVFrame& frame)
{
  heif_color_profile_nclx* raw = nullptr;
  if (heif_image_handle_get_nclx_color_profile(&handle, &raw).code != heif_error_Ok) { return; }
  const std::unique_ptr<heif_color_profile_nclx, FreeProfile> profile(raw);
  frame.color_primaries = static_cast<AVColorPrimaries>(profile->color_primaries);
  frame.color_trc = static_cast<AVColorTransferCharacteristic>(profile->transfer_characteristics);
}

/// Decoding turns the picture upright, as the file's own transformations say.
ImagePtr decoded(const heif_image_handle& handle, heif_chroma chroma, const std::filesystem::path& file)
{
  heif_image* raw = nullptr;
  require_heif(heif_decode_image(&handle, &raw, heif_colorspace_RGB, chroma, nullptr), file, "decode");
  return ImagePtr(raw);
}

/// Levels of `depth` bits as levels of 16.
void widen(const std::uint16_t* levels, std::uint16_t* out, std::size_t count, int depth)
{
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = static_cast<std::uint16_t>(levels[i] << (16 - depth) | levels[i] >> (2 * depth - 16));
  }
}

/// @param samples  of a pixel
void copy_rows(const heif_image& image, AVFrame& frame, std::size_t samples, bool is_wide)
{
  int stride = 0;
  const std::uint8_t* rows = heif_image_get_plane_readonly(&image, heif_channel_interleaved, &stride);
  const int depth = heif_image_get_bits_per_pixel_range(&image, heif_channel_interleaved);
  const std::size_t count = samples * static_cast<std::size_t>(frame.width);
  for (int y = 0; y < frame.height; ++y) {
    const std::uint8_t* from = rows + std::ptrdiff_t{y} * stride;
    std::uint8_t* to = frame.data[0] + std::ptrdiff_t{y} * frame.linesize[0];
    if (is_wide) {
      widen(reinterpret_cast<const std::uint16_t*>(from), reinterpret_cast<std::uint16_t*>(to), count, depth);
    } else {
      std::memcpy(to, from, count);
    }
  }
}

}  // namespace

void require_heif(const heif_error& status, const std::filesystem::path& file, const char* action)
{
  if (status.code == heif_error_Ok) { return; }
  const bool is_limit = status.subcode == heif_suberror_Security_limit_exceeded;
  if (status.code == heif_error_Memory_allocation_error && !is_limit) { throw std::bad_alloc(); }
  throw MediaError(file.native(), action, one_line(status.message));
}

FramePtr heif_pixels(const heif_image_handle& handle, const std::filesystem::path& file)
{
  FramePtr frame(av_frame_alloc());
  if (!frame) { throw std::bad_alloc(); }
  set_colours(handle, *frame);
  const bool alpha = heif_image_handle_has_alpha_channel(&handle) != 0;
  const bool is_wide = is_hdr(*frame) && heif_image_handle_get_luma_bits_per_pixel(&handle) > 8;
  constexpr heif_chroma k_chromas[] = {heif_chroma_interleaved_RGB, heif_chroma_interleaved_RGBA,
                                       heif_chroma_interleaved_RRGGBB_LE, heif_chroma_interleaved_RRGGBBAA_LE};
  constexpr AVPixelFormat k_formats[] = {AV_PIX_FMT_RGB24, AV_PIX_FMT_RGBA, AV_PIX_FMT_RGB48LE, AV_PIX_FMT_RGBA64LE};
  const std::size_t kind = (is_wide ? 2 : 0) + (alpha ? 1 : 0);
  const ImagePtr image = decoded(handle, k_chromas[kind], file);
  frame->format = k_formats[kind];
  frame->color_range = AVCOL_RANGE_JPEG;
  frame->width = heif_image_get_width(image.get(), heif_channel_interleaved);
  frame->height = heif_image_get_height(image.get(), heif_channel_interleaved);
  if (av_frame_get_buffer(frame.get(), 0) < 0) { throw std::bad_alloc(); }
  copy_rows(*image, *frame, alpha ? 4 : 3, is_wide);
  return frame;
}

}  // namespace vidcv
