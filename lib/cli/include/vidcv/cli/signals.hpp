#pragma once

namespace vidcv {

/// From here on SIGINT and SIGTERM, unless the parent ignores them, ask the run to stop between inputs, a second one
/// ends it at once, and SIGPIPE ends it quietly even where the parent ignored it.
void watch_signals();

/// The signal that asked the run to stop; 0 if none did.
int stop_signal() noexcept;

/// Ends the process by `signal`, so that the shell sees 128 + signal.
[[noreturn]] void die_by(int signal);

}  // namespace vidcv
