#pragma once

namespace vidcv {

// The exit codes of every command; docs/commands.md describes them.
constexpr int k_exit_failed = 1;       ///< the run failed: model, database, disk, nothing to work on
constexpr int k_exit_usage = 2;        ///< wrong command line or configuration; nothing was touched
constexpr int k_exit_some_failed = 3;  ///< some or all inputs failed; the rest is complete
constexpr int k_exit_pending = 4;      ///< `migrate --check`: steps are pending
constexpr int k_exit_signal = 128;     ///< plus the number of the signal that ended the run

}  // namespace vidcv
