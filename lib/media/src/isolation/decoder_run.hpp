#pragma once

#include "isolation/decoder_link.hpp"

#include <variant>

namespace vidcv {

/// One decoder's way through one file, frame by frame. A loss on the way throws DecoderLost; the run is of no use then.
class DecoderRun {
 public:
  /// The file is open in the decoder, which was asked for a first frame.
  DecoderRun(const MediaFile& file, const DecodeOptions& options);

  const wire::Opened& opened() const noexcept { return m_opened; }

  struct Given {
    Frame frame;
    ClipFaults faults;
    double last_duration_s;
  };
  /// The next frame, or how the file ended.
  std::variant<Given, wire::End> next();
  /// Drops the next frame, which an earlier run has given: the file cannot end here.
  void skip();

 private:
  void keep_ahead(std::uint64_t frame_bytes);

  DecodeOptions m_options;
  DecoderLink m_link;
  wire::Opened m_opened;
  std::int64_t m_next_number = 0;
  std::uint64_t m_ahead = 1;  // frames that were asked for and have not come: one, until the size of a frame is known
};

}  // namespace vidcv
