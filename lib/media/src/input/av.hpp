#pragma once

#include <vidcv/core/error.hpp>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace vidcv {

/// Frees through FFmpeg's own `void free(T**)`.
template <auto free_fn>
struct FreeWith {
  template <typename T>
  void operator()(const T* object) const noexcept
  {
    T* mine = const_cast<T*>(object);  // a shared frame is const to all but its last owner
    free_fn(&mine);
  }
};
using FramePtr = std::unique_ptr<AVFrame, FreeWith<av_frame_free>>;
using BufferPtr = std::unique_ptr<AVBufferRef, FreeWith<av_buffer_unref>>;
using PacketPtr = std::unique_ptr<AVPacket, FreeWith<av_packet_free>>;
using CodecPtr = std::unique_ptr<AVCodecContext, FreeWith<avcodec_free_context>>;
using InputPtr = std::unique_ptr<AVFormatContext, FreeWith<avformat_close_input>>;

struct FreeScaler {
  void operator()(SwsContext* scaler) const noexcept { sws_freeContext(scaler); }
};
using ScalerPtr = std::unique_ptr<SwsContext, FreeScaler>;

inline constexpr std::int64_t k_most_pixels = std::int64_t{1} << 28;  // of one frame: 16384 x 16384

inline std::string av_cause(int status)
{
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(status, text.data(), text.size());
  return text.data();
}

/// FFmpeg reads a still picture as a stream of a made-up rate.
inline bool is_still(const AVFormatContext& format)
{
  return std::string_view(format.iformat->name).ends_with("_pipe");
}

/// One component, with alpha or without.
inline bool is_gray(const AVPixFmtDescriptor& format)
{
  return format.nb_components <= 2 && (format.flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) == 0;
}

/// The deprecated full-range formats only repeat what color_range says. Gray is full range unless the frame says that
/// it is not: few decoders say anything of it.
inline bool is_full_range(const AVFrame& frame)
{
  switch (frame.format) {
    case AV_PIX_FMT_YUVJ420P:
    case AV_PIX_FMT_YUVJ422P:
    case AV_PIX_FMT_YUVJ444P:
    case AV_PIX_FMT_YUVJ440P:
    case AV_PIX_FMT_YUVJ411P:
      return true;
    default:
      break;
  }
  if (frame.color_range != AVCOL_RANGE_UNSPECIFIED) { return frame.color_range == AVCOL_RANGE_JPEG; }
  const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  return format != nullptr && is_gray(*format);
}

/// Throws MediaError where FFmpeg reports a failure.
inline void require_av(int status, const std::filesystem::path& file, const char* action)
{
  if (status == AVERROR(ENOMEM)) { throw std::bad_alloc(); }
  if (status < 0) { throw MediaError(file.native(), action, av_cause(status)); }
}

}  // namespace vidcv
