#pragma once

#include "input/av.hpp"

#include <cstdint>
#include <memory>

namespace vidcv {

struct CloseParser {
  void operator()(AVCodecParserContext* parser) const noexcept { av_parser_close(parser); }
};

/// The headers of a packet's picture, parsed without decoding.
struct CodedPicture {
  bool is_one_frame = true;   ///< it gives exactly one frame
  bool is_one_field = false;  ///< of two
  bool stands_alone = true;   ///< of a keyframe: it can be decoded without what came before, and a decoder starts again
  bool is_bidirectional = false;
};

/// Reads the headers of one stream's packets.
class CodedPictureReader {
 public:
  explicit CodedPictureReader(const AVStream& stream);

  /// Whether headers of this codec are read at all.
  bool knows_codec() const noexcept;
  /// @param packet  the next one in decoding order
  CodedPicture read(const AVPacket& packet);

 private:
  void parse(const AVPacket& packet, CodedPicture& picture);

  AVCodecID m_codec;
  int m_length_size = 0;  // of NAL units; 0: start codes
  CodecPtr m_context;
  std::unique_ptr<AVCodecParserContext, CloseParser> m_parser;
};

}  // namespace vidcv
