#include "pixels/jpeg_pixels.hpp"

#include "input/av.hpp"

#include <turbojpeg.h>

#include <memory>
#include <new>

namespace vidcv {
namespace {

struct CloseDecompressor {
  void operator()(void* handle) const noexcept { tjDestroy(handle); }
};
using Decompressor = std::unique_ptr<void, CloseDecompressor>;

/// Whether all pixels are there; some of them may be wrong.
bool decompress(const Decompressor& handle, std::span<const std::uint8_t> jpeg, std::uint8_t* pixels, int width,
                int height, TJPF format)
{
  constexpr int k_flags = TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS;
  const int status = tjDecompress2(handle.get(), jpeg.data(), jpeg.size(), pixels, width, 0, height, format, k_flags);
  return status == 0 || tjGetErrorCode(handle.get()) == TJERR_WARNING;
}

void fill_from_inks(const std::vector<std::uint8_t>& inks, RgbImage& image)
{
  for (std::size_t i = 0; i < inks.size() / 4; ++i) {
    for (std::size_t c = 0; c < 3; ++c) { image.pixels[3 * i + c] = through_ink(inks[4 * i + c], inks[4 * i + 3]); }
  }
}

}  // namespace

std::uint8_t through_ink(int ink, int black)
{
  const int product = (255 - ink) * black + 128;
  return static_cast<std::uint8_t>(black - (((product >> 8) + product) >> 8));
}

std::optional<std::pair<int, int>> jpeg_size(std::span<const std::uint8_t> jpeg)
{
  const Decompressor handle(tjInitDecompress());
  if (!handle) { throw std::bad_alloc(); }
  std::pair<int, int> size;
  int subsampling = 0;
  int space = 0;
  const int status =
      tjDecompressHeader3(handle.get(), jpeg.data(), jpeg.size(), &size.first, &size.second, &subsampling, &space);
  return status == 0 ? std::optional(size) : std::nullopt;
}

bool is_cut_off(std::span<const std::uint8_t> jpeg)
{
  constexpr std::uint8_t k_start_of_scan = 0xDA;
  constexpr std::uint8_t k_end_of_image = 0xD9;
  for (std::size_t i = jpeg.size(); i-- > 1;) {
    if (jpeg[i - 1] != 0xFF) { continue; }
    if (jpeg[i] == k_end_of_image) { return false; }
    if (jpeg[i] == k_start_of_scan) { return true; }
  }
  return false;
}

std::optional<RgbImage> jpeg_pixels(std::span<const std::uint8_t> jpeg, int width, int height)
{
  const Decompressor handle(tjInitDecompress());
  if (!handle) { throw std::bad_alloc(); }
  RgbImage image{};
  int subsampling = 0;
  int space = 0;
  const int status =
      tjDecompressHeader3(handle.get(), jpeg.data(), jpeg.size(), &image.width, &image.height, &subsampling, &space);
  if (status != 0 || image.width != width || image.height != height) { return std::nullopt; }
  const std::size_t area = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  image.pixels.resize(3 * area);
  if (space != TJCS_CMYK && space != TJCS_YCCK) {
    if (!decompress(handle, jpeg, image.pixels.data(), width, height, TJPF_RGB)) { return std::nullopt; }
    return image;
  }
  std::vector<std::uint8_t> inks(4 * area);
  if (!decompress(handle, jpeg, inks.data(), width, height, TJPF_CMYK)) { return std::nullopt; }
  fill_from_inks(inks, image);
  return image;
}

/// FFmpeg leaves `opaque` to its users, and we have no other use for it.
void attach_pixels(AVFrame& frame, const std::uint8_t* rgb) noexcept
{
  frame.opaque = const_cast<std::uint8_t*>(rgb);
}

std::optional<RgbImage> attached_pixels(const AVFrame& frame)
{
  const auto* rgb = static_cast<const std::uint8_t*>(frame.opaque);
  if (rgb == nullptr) { return std::nullopt; }
  const std::size_t size =
      std::size_t{3} * static_cast<std::size_t>(frame.width) * static_cast<std::size_t>(frame.height);
  return RgbImage{frame.width, frame.height, {rgb, rgb + size}};
}

}  // namespace vidcv
