#pragma once

#include <string>

namespace vidcv {

/// The whole of `vidcv-decoder`: decodes files that the other programs hand over, and ends with them. Knows its
/// descriptors by their numbers.
/// @returns the exit code
int serve_decoder();

/// Ends the decoders that this program has, and waits for them: its processor time is theirs as well. For programs that
/// end without destructors.
void end_decoders();

/// The first report of a decoder process.
struct DecoderState {
  bool has_seccomp = false;
  int landlock = 0;    ///< its version; 0: the kernel has none
  double start_s = 0;  ///< until it was there
};
/// @throws Error if it cannot be started, with the way out
DecoderState probe_decoder();

}  // namespace vidcv
