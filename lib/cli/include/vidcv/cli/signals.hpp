#pragma once

namespace vidcv {

/// From here on SIGINT and SIGTERM, unless the parent ignores them, ask the run to stop: no input is started any
/// longer, and those in progress have a few seconds. A second one ends it at once, and SIGPIPE ends it quietly even
/// where the parent ignored it. A file that may not grow (SIGXFSZ) is no reason to die: writing to it fails.
void watch_signals();

/// The signal that asked the run to stop; 0 if none did.
int stop_signal() noexcept;
bool is_stopping() noexcept;

/// Whether a run that was asked to stop has had its time: what is in progress is to be dropped.
bool is_time_up() noexcept;

/// Ends the process by `signal`, so that the shell sees 128 + signal.
[[noreturn]] void die_by(int signal);

}  // namespace vidcv
