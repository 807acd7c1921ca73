#pragma once

#include <cstdint>

namespace vidcv {

/// What holds this process.
struct Sandbox {
  bool has_seccomp = false;
  int landlock = 0;  ///< its version; 0: the kernel has none
};

/// From here on this process can compute, use the descriptors that it has and take new ones from a socket: it opens no
/// file and no connection, starts no program, touches no other process. To be called before there are threads; those
/// that come are held as well. Features that the kernel lacks are skipped and reported in the result.
Sandbox enter_sandbox();

/// Bounds what the process may take from here on.
/// @param memory_bytes  of address space beyond what it has now
void limit_memory(std::int64_t memory_bytes);
/// @param seconds  of processor time from now on; then the kernel ends the process
void limit_processor_time(double seconds);

}  // namespace vidcv
