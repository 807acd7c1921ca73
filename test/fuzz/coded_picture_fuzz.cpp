#include "fuzz_input.hpp"
#include "timing/coded_picture.hpp"

#include <array>
#include <cstring>

// Whatever the packets of a stream are: what their headers say, nothing read behind their ends. An input is the codec,
// what the container claims about it, then packets, each with its flag and its length.

namespace {

namespace fuzz = vidcv::fuzz;

constexpr std::array k_codecs = {AV_CODEC_ID_H264, AV_CODEC_ID_HEVC,       AV_CODEC_ID_AV1,       AV_CODEC_ID_VP8,
                                 AV_CODEC_ID_VP9,  AV_CODEC_ID_MPEG1VIDEO, AV_CODEC_ID_MPEG2VIDEO};

struct FreeFormat {
  void operator()(AVFormatContext* format) const noexcept { avformat_free_context(format); }
};

void set_extradata(AVCodecParameters& codec, std::string_view bytes)
{
  if (bytes.empty()) { return; }
  codec.extradata = static_cast<std::uint8_t*>(av_mallocz(bytes.size() + AV_INPUT_BUFFER_PADDING_SIZE));
  fuzz::require(codec.extradata != nullptr);
  std::memcpy(codec.extradata, bytes.data(), bytes.size());
  codec.extradata_size = static_cast<int>(bytes.size());
}

vidcv::PacketPtr packet_of(std::string_view bytes, bool is_key)
{
  vidcv::PacketPtr packet(av_packet_alloc());
  fuzz::require(packet && av_new_packet(packet.get(), static_cast<int>(bytes.size())) >= 0);
  std::memcpy(packet->data, bytes.data(), bytes.size());
  packet->flags = is_key ? AV_PKT_FLAG_KEY : 0;
  return packet;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  static const bool s_is_quiet = [] {
    av_log_set_level(AV_LOG_QUIET);
    return true;
  }();
  fuzz::require(s_is_quiet);
  fuzz::Numbers input(fuzz::text_of(data, size));
  const std::unique_ptr<AVFormatContext, FreeFormat> format(avformat_alloc_context());
  AVStream* stream = format ? avformat_new_stream(format.get(), nullptr) : nullptr;
  fuzz::require(stream != nullptr);
  stream->codecpar->codec_type = AVMEDIA_TYPE_VIDEO;
  stream->codecpar->codec_id = k_codecs[input.next<std::uint8_t>() % k_codecs.size()];
  set_extradata(*stream->codecpar, input.take(input.next<std::uint8_t>()));
  vidcv::CodedPictureReader reader(*stream);
  fuzz::require(reader.knows_codec());
  while (!input.is_over()) {
    const auto head = input.next<std::uint16_t>();
    reader.read(*packet_of(input.take(head / 2), head % 2 != 0));
  }
  return 0;
}
