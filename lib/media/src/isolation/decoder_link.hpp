#pragma once

#include "input/clip_source.hpp"
#include "isolation/decoder_wire.hpp"
#include "isolation/spawned_decoder.hpp"

#include <exception>
#include <memory>
#include <utility>

namespace vidcv {

/// The decoder process is gone, and its link with it.
struct DecoderLost : std::exception {
  DecoderLost(DecoderEnd how, bool others) : end(std::move(how)), had_other_files(others) {}
  DecoderEnd end;
  bool had_other_files;  ///< one of which may have done it
};

enum class Wanted {
  frames,
  packet_times,  ///< frame_times() as in Unproven::leave
  frame_times,   ///< as in Unproven::decode
};

/// What a decoder is asked to open. Its number of threads is known: 0 means the processors of this program.
wire::Open request_of(const DecodeOptions& options, Wanted wanted);

/// A file that one decoder works on. The decoder belongs to the link: when it is lost, the link throws DecoderLost and
/// must be dropped.
class DecoderLink {
 public:
  /// Takes a decoder and asks it to open the file.
  /// @throws Error if no decoder can be started
  DecoderLink(MediaFile file, const DecodeOptions& options, Wanted wanted);
  /// The decoder is reused for another file, or killed if it does not release this one.
  ~DecoderLink();
  DecoderLink(const DecoderLink&) = delete;
  DecoderLink& operator=(const DecoderLink&) = delete;

  void want(std::uint64_t frames);

  /// The next answer about this file.
  /// @throws MediaError with the decoder's message about the file, or if its answers took longer than the limit allows
  /// @throws Abandoned
  wire::Answer answer();

  /// The next answer, which is a Message or implausible.
  template <typename Message>
  Message answer_of()
  {
    const wire::Answer given = answer();
    if (const auto* message = std::get_if<Message>(&given)) { return *message; }
    refuse();
  }

  /// An implausible answer means that the file may have compromised the decoder: no other file gets it.
  [[noreturn]] void refuse();

  const std::shared_ptr<SpawnedDecoder>& decoder() const noexcept { return m_decoder; }

 private:
  bool lets_go();
  [[noreturn]] void lose();
  [[noreturn]] void give_up(const std::string& cause);
  void check(double waited_s);
  bool is_of_this_clip(const wire::Answer& answer);
  [[noreturn]] void throw_failure(const wire::Failed& failed) const;

  MediaFile m_file;
  DecodeOptions m_options;
  std::shared_ptr<SpawnedDecoder> m_decoder;  // never null
  std::uint64_t m_clip;
  double m_waited_s = 0;  // for answers that have come
};

/// How often one file may lose its decoder.
class Restarts {
 public:
  explicit Restarts(const MediaFile& file) : m_file(file) {}

  /// Returns where the file is to be opened again: the decoder was killed from outside, or an earlier file may have
  /// ended it.
  /// @throws MediaError otherwise
  void forgive(const DecoderLost& lost);

 private:
  MediaFile m_file;
  int m_count = 0;
};

}  // namespace vidcv
