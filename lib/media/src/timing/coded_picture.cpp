#include "timing/coded_picture.hpp"

#include <algorithm>
#include <functional>
#include <span>

namespace vidcv {
namespace {

using Bytes = std::span<const std::uint8_t>;

Bytes bytes_of(const AVPacket& packet)
{
  return {packet.data, static_cast<std::size_t>(packet.size)};
}

/// Where the next start code 00 00 01 ends; the size of `data` if there is none.
std::size_t behind_start_code(Bytes data, std::size_t from)
{
  for (std::size_t i = from; i + 2 < data.size(); ++i) {
    if (data[i] == 0 && data[i + 1] == 0 && data[i + 2] == 1) { return i + 3; }
  }
  return data.size();
}

/// Calls `visit` with the first bytes of each NAL unit until it returns false.
void each_nal(Bytes data, int length_size, const std::function<bool(Bytes)>& visit)
{
  if (length_size == 0) {
    for (std::size_t at = behind_start_code(data, 0); at < data.size(); at = behind_start_code(data, at)) {
      if (!visit(data.subspan(at))) { return; }
    }
    return;
  }
  const auto prefix = static_cast<std::size_t>(length_size);
  while (data.size() > prefix) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < prefix; ++i) { length = length << 8U | data[i]; }
    data = data.subspan(prefix);
    if (length > 0 && !visit(data)) { return; }
    data = data.subspan(std::min(length, data.size()));
  }
}

/// ISO/IEC 14496-15: avcC and hvcC say how many bytes a unit's length has; streams with start codes have neither.
int length_size_of(const AVCodecParameters& codec)
{
  const Bytes extra(codec.extradata, static_cast<std::size_t>(codec.extradata_size));
  const std::size_t place = codec.codec_id == AV_CODEC_ID_HEVC ? 21 : 4;
  if (extra.size() <= place || extra[0] != 1) { return 0; }
  return (extra[place] & 3) + 1;
}

/// ITU-T H.264, table 7-1: types 1 to 5 are slices, 5 those of an IDR picture.
bool is_idr(Bytes data, int length_size)
{
  int first_slice = 0;
  each_nal(data, length_size, [&](Bytes nal) {
    const int type = nal[0] & 31;
    if (type >= 1 && type <= 5) { first_slice = type; }
    return first_slice == 0;
  });
  return first_slice == 5;
}

/// ITU-T H.265, table 7-1: types up to 31 are slices, 16 to 18 those of pictures behind a splice, 19 and 20 IDR, 21
/// CRA; 36 and 37 end a sequence, behind which leading pictures are lost.
CodedPicture hevc_picture(Bytes data, int length_size)
{
  int first_slice = -1;
  bool ends_sequence = false;
  each_nal(data, length_size, [&](Bytes nal) {
    const int type = nal[0] >> 1U & 63;
    if (type < 32 && first_slice < 0) { first_slice = type; }
    ends_sequence = ends_sequence || type == 36 || type == 37;
    return true;
  });
  CodedPicture picture;
  picture.is_one_frame = first_slice >= 0 && !ends_sequence;
  picture.stands_alone = first_slice >= 19 && first_slice <= 21;
  return picture;
}

/// RFC 6386, 9.1: bit 4 of the first byte is show_frame.
bool is_shown_vp8(Bytes data)
{
  return !data.empty() && (data[0] >> 4U & 1) != 0;
}

/// VP9 bitstream, 6.2: frame_marker, two bits of the profile and one more in profile 3, show_existing_frame,
/// frame_type, show_frame.
bool is_shown_vp9(Bytes frame)
{
  if (frame.empty()) { return false; }
  const int spare = (frame[0] & 0x30) == 0x30 ? 1 : 0;
  const auto bit = [&](int place) { return (frame[0] >> static_cast<unsigned>(7 - place) & 1) != 0; };
  return bit(4 + spare) || bit(6 + spare);
}

/// VP9 bitstream, annex B: a superframe ends with an index of the sizes of its frames.
int shown_in_vp9(Bytes data)
{
  const int marker = data.empty() ? 0 : data.back();
  const auto count = static_cast<std::size_t>(marker & 7) + 1;
  const auto width = static_cast<std::size_t>(marker >> 3 & 3) + 1;
  const std::size_t index_size = 2 + count * width;
  const bool has_index =
      (marker & 0xE0) == 0xC0 && data.size() >= index_size && data[data.size() - index_size] == marker;
  if (!has_index) { return is_shown_vp9(data) ? 1 : 0; }
  const Bytes sizes = data.subspan(data.size() - index_size + 1);
  int shown = 0;
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t size = 0;
    for (std::size_t k = 0; k < width; ++k) { size |= std::size_t{sizes[i * width + k]} << 8U * k; }
    shown += size > 0 && is_shown_vp9(data) ? 1 : 0;
    data = data.subspan(std::min(size, data.size()));
  }
  return shown;
}

/// ISO/IEC 13818-2: start code 00 is a picture; picture_coding_extension() (B5, id 8) has picture_structure, 3 for a
/// frame.
CodedPicture mpeg_picture(Bytes data)
{
  CodedPicture picture;
  int pictures = 0;
  each_nal(data, 0, [&](Bytes part) {
    pictures += part[0] == 0 ? 1 : 0;
    const bool is_extension = part[0] == 0xB5 && part.size() > 3 && part[1] >> 4U == 8;
    if (is_extension && (part[3] & 3) != 3) { picture.is_one_field = true; }
    if (part[0] == 0 && part.size() > 2 && (part[2] >> 3U & 7) == 3) { picture.is_bidirectional = true; }
    return true;
  });
  picture.is_one_frame = pictures == 1;
  return picture;
}

}  // namespace

CodedPictureReader::CodedPictureReader(const AVStream& stream)
    : m_codec(stream.codecpar->codec_id), m_length_size(length_size_of(*stream.codecpar))
{
  if (m_codec != AV_CODEC_ID_H264 && m_codec != AV_CODEC_ID_HEVC) { return; }
  m_context.reset(avcodec_alloc_context3(nullptr));
  m_parser.reset(av_parser_init(m_codec));
  if (!m_context || !m_parser || avcodec_parameters_to_context(m_context.get(), stream.codecpar) < 0) {
    throw std::bad_alloc();
  }
  m_parser->flags |= PARSER_FLAG_COMPLETE_FRAMES;
}

bool CodedPictureReader::knows_codec() const noexcept
{
  switch (m_codec) {
    case AV_CODEC_ID_H264:
    case AV_CODEC_ID_HEVC:
    case AV_CODEC_ID_AV1:  // a temporal unit shows one frame
    case AV_CODEC_ID_VP8:
    case AV_CODEC_ID_VP9:
    case AV_CODEC_ID_MPEG1VIDEO:
    case AV_CODEC_ID_MPEG2VIDEO:
      return true;
    default:
      return false;
  }
}

CodedPicture CodedPictureReader::read(const AVPacket& packet)
{
  const Bytes data = bytes_of(packet);
  CodedPicture picture;
  if (m_codec == AV_CODEC_ID_VP8) { picture.is_one_frame = is_shown_vp8(data); }
  if (m_codec == AV_CODEC_ID_VP9) { picture.is_one_frame = shown_in_vp9(data) == 1; }
  if (m_codec == AV_CODEC_ID_MPEG1VIDEO || m_codec == AV_CODEC_ID_MPEG2VIDEO) { picture = mpeg_picture(data); }
  if (m_codec == AV_CODEC_ID_HEVC) { picture = hevc_picture(data, m_length_size); }
  const bool is_key = (packet.flags & AV_PKT_FLAG_KEY) != 0;
  if (m_codec == AV_CODEC_ID_H264 && is_key) { picture.stands_alone = is_idr(data, m_length_size); }
  if (m_parser) { parse(packet, picture); }
  return picture;
}

void CodedPictureReader::parse(const AVPacket& packet, CodedPicture& picture)
{
  std::uint8_t* out = nullptr;
  int size = 0;
  av_parser_parse2(m_parser.get(), m_context.get(), &out, &size, packet.data, packet.size, packet.pts, packet.dts,
                   packet.pos);
  picture.is_bidirectional = m_parser->pict_type == AV_PICTURE_TYPE_B;
  const AVPictureStructure structure = m_parser->picture_structure;
  picture.is_one_field = m_codec == AV_CODEC_ID_H264 && (structure == AV_PICTURE_STRUCTURE_TOP_FIELD ||
                                                         structure == AV_PICTURE_STRUCTURE_BOTTOM_FIELD);
}

}  // namespace vidcv
