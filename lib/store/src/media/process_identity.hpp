#pragma once

#include <cstdint>
#include <string>

namespace vidcv {

/// A process, as in vidcv_runs.
struct ProcessIdentity {
  std::string host;      ///< the name of the machine or container
  std::int64_t pid = 0;  ///< 0: not known
  /// Tells the process from a later one of the same pid: boot, namespace of pids, and start in ticks since the boot,
  /// with a space between. Empty where the system does not say.
  std::string process;
};

ProcessIdentity this_process();

enum class Liveness {
  alive,
  gone,
  unknown,  ///< it ran on another host, in another container, or the system does not say
};

/// Whether the process still runs, as far as this host can see.
Liveness liveness_of(const ProcessIdentity& identity);

}  // namespace vidcv
