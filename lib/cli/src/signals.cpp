#include <vidcv/cli/signals.hpp>

#include <csignal>
#include <cstdlib>

namespace vidcv {
namespace {

volatile std::sig_atomic_t g_stop_signal = 0;

extern "C" void note_stop(int signal)
{
  g_stop_signal = signal;
  std::signal(SIGINT, SIG_DFL);  // a second one, of either kind, meets the default action
  std::signal(SIGTERM, SIG_DFL);
}

/// What the parent ignores (nohup, a shell's background job) stays ignored.
void watch(int signal)
{
  struct sigaction action = {};
  sigaction(signal, nullptr, &action);
  if (action.sa_handler == SIG_IGN) { return; }
  action.sa_handler = note_stop;
  action.sa_flags = SA_RESTART;
  sigaction(signal, &action, nullptr);
}

}  // namespace

void watch_signals()
{
  std::signal(SIGPIPE, SIG_DFL);
  watch(SIGINT);
  watch(SIGTERM);
}

int stop_signal() noexcept
{
  return g_stop_signal;
}

void die_by(int signal)
{
  std::signal(signal, SIG_DFL);
  std::raise(signal);
  std::_Exit(128 + signal);  // reached only where the signal is blocked
}

}  // namespace vidcv
