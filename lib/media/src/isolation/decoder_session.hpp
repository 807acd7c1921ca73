#pragma once

#include "isolation/decoder_link.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>

namespace vidcv {

class DecoderRun;

/// The frames of one file, whichever decoders give them. At each moment the session is in one of three states:
///
///     Lost ----- opened, its earlier frames decoded again and dropped -----> Decoding
///     Decoding ---- the decoder is gone --------------------------------------> Lost
///     Decoding ---- the last frame, or a failure -----------------------------> Over
///
/// A decoder is lost in `Decoding`, or on the way there. Both have one outcome: Lost, if Restarts forgives it, and a
/// MediaError otherwise.
class DecoderSession {
 public:
  /// Opens the file.
  DecoderSession(const MediaFile& file, const DecodeOptions& options);
  ~DecoderSession();

  /// What the container says.
  const wire::Opened& opened() const noexcept { return m_opened; }
  /// The next frame; nothing at the end.
  std::optional<Frame> next();
  /// As ClipSource's, after the frame or the end that next() gave last.
  ClipFaults faults() const noexcept { return m_faults; }
  double last_duration_s() const noexcept { return m_last_duration_s; }

 private:
  struct Lost {};
  using Decoding = std::unique_ptr<DecoderRun>;  // never null
  struct Over {};

  template <typename Step>
  auto attempt(Step&& step);
  DecoderRun& begun();
  std::optional<Frame> take(DecoderRun& run);

  MediaFile m_file;
  DecodeOptions m_options;
  Restarts m_restarts;
  wire::Opened m_opened;
  std::variant<Lost, Decoding, Over> m_state;
  std::int64_t m_given = 0;  // frames
  ClipFaults m_faults;
  double m_last_duration_s = 0;
};

}  // namespace vidcv
