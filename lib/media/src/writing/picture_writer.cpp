#include <vidcv/media/picture_writer.hpp>

#include "input/av.hpp"
#include "writing/picture_note.hpp"

#include <vidcv/core/files.hpp>

#include <turbojpeg.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace vidcv {
namespace {

using Bytes = std::vector<std::byte>;

Bytes copied(const std::uint8_t* data, std::size_t size)
{
  const auto bytes = std::as_bytes(std::span(data, size));
  return {bytes.begin(), bytes.end()};
}

CodecPtr open_png_encoder(const RgbImage& picture)
{
  const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_PNG);
  CodecPtr encoder(codec != nullptr ? avcodec_alloc_context3(codec) : nullptr);
  if (!encoder) { return nullptr; }
  encoder->width = picture.width;
  encoder->height = picture.height;
  encoder->pix_fmt = AV_PIX_FMT_RGB24;
  encoder->time_base = {1, 1};
  encoder->thread_count = 1;
  return avcodec_open2(encoder.get(), codec, nullptr) == 0 ? std::move(encoder) : nullptr;
}

Bytes png_bytes(const RgbImage& picture, const std::filesystem::path& file)
{
  const auto require = [&](bool ok) {
    if (!ok) { throw InputError(file.native(), "encode", "FFmpeg's PNG encoder failed"); }
  };
  const CodecPtr encoder = open_png_encoder(picture);
  const FramePtr frame(av_frame_alloc());
  const PacketPtr packet(av_packet_alloc());
  require(encoder && frame && packet);
  frame->width = picture.width;
  frame->height = picture.height;
  frame->format = AV_PIX_FMT_RGB24;
  require(av_frame_get_buffer(frame.get(), 0) == 0);
  for (int y = 0; y < picture.height; ++y) {
    std::copy_n(picture.row(y), 3 * picture.width,
                frame->data[0] + static_cast<std::ptrdiff_t>(y) * frame->linesize[0]);
  }
  require(avcodec_send_frame(encoder.get(), frame.get()) == 0);
  require(avcodec_send_frame(encoder.get(), nullptr) == 0);
  require(avcodec_receive_packet(encoder.get(), packet.get()) == 0);
  return copied(packet->data, static_cast<std::size_t>(packet->size));
}

}  // namespace

const char* extension_of(PictureFormat format) noexcept
{
  return format == PictureFormat::jpeg ? ".jpg" : ".png";
}

std::vector<std::byte> jpeg_bytes(const RgbImage& picture, int quality)
{
  struct CloseCompressor {
    void operator()(void* handle) const noexcept { tjDestroy(handle); }
  };
  struct FreeJpeg {
    void operator()(unsigned char* data) const noexcept { tjFree(data); }
  };
  const std::unique_ptr<void, CloseCompressor> compressor(tjInitCompress());
  unsigned char* data = nullptr;
  unsigned long size = 0;
  const int status = tjCompress2(compressor.get(), picture.pixels.data(), picture.width, 0, picture.height, TJPF_RGB,
                                 &data, &size, TJSAMP_420, quality, 0);
  const std::unique_ptr<unsigned char, FreeJpeg> owner(data);
  if (status != 0) { throw MediaError("", "encode", tjGetErrorStr2(compressor.get())); }
  return copied(data, size);
}

RgbImage fitted(const RgbImage& picture, int longest)
{
  const int side = std::max(picture.width, picture.height);
  if (side <= longest) { return picture; }
  const auto scaled = [&](int length) {
    return std::max(1, static_cast<int>(std::lround(static_cast<double>(length) * longest / side)));
  };
  RgbImage small{scaled(picture.width), scaled(picture.height), {}};
  const ScalerPtr scaler(sws_getContext(picture.width, picture.height, AV_PIX_FMT_RGB24, small.width, small.height,
                                        AV_PIX_FMT_RGB24, SWS_AREA | SWS_ACCURATE_RND, nullptr, nullptr, nullptr));
  if (!scaler) { throw MediaError("", "encode", "the picture cannot be made smaller"); }
  // swscale writes whole vectors: rows get room beyond their end.
  const std::size_t stride = (static_cast<std::size_t>(small.width) * 3 + 63) / 64 * 64;
  Bytes rows(stride * static_cast<std::size_t>(small.height) + 64);
  const std::uint8_t* from[4] = {picture.pixels.data(), nullptr, nullptr, nullptr};
  const int from_strides[4] = {3 * picture.width, 0, 0, 0};
  std::uint8_t* to[4] = {reinterpret_cast<std::uint8_t*>(rows.data()), nullptr, nullptr, nullptr};
  const int to_strides[4] = {static_cast<int>(stride), 0, 0, 0};
  sws_scale(scaler.get(), from, from_strides, 0, picture.height, to, to_strides);
  small.pixels.resize(static_cast<std::size_t>(small.width) * 3 * static_cast<std::size_t>(small.height));
  for (int y = 0; y < small.height; ++y) {
    std::copy_n(to[0] + stride * static_cast<std::size_t>(y), 3 * small.width, small.row(y));
  }
  return small;
}

namespace {

Bytes jpeg_of(const RgbImage& picture, const std::filesystem::path& file, int quality)
{
  try {
    return jpeg_bytes(picture, quality);
  } catch (const MediaError& error) {
    throw InputError(file.native(), error.action(), error.cause());
  }
}

}  // namespace

void write_picture(const RgbImage& picture, const std::filesystem::path& file, PictureFormat format, int jpeg_quality,
                   std::string_view note)
{
  Bytes bytes = format == PictureFormat::jpeg ? jpeg_of(picture, file, jpeg_quality) : png_bytes(picture, file);
  write_file_atomically(file, note.empty() ? bytes : with_note(std::move(bytes), note));
}

std::optional<std::string> note_of(const std::filesystem::path& file)
{
  constexpr std::size_t k_most_bytes = std::size_t{1} << 30;
  try {
    return note_in(read_file(file, k_most_bytes));
  } catch (const InputError&) {
    return std::nullopt;
  }
}

}  // namespace vidcv
