#include <vidcv/cli/signals.hpp>

#include <csignal>
#include <cstdlib>

namespace vidcv {
namespace {

volatile std::sig_atomic_t g_stop_signal = 0;

extern "C" void note_stop(int signal)
{
  g_stop_signal = signal;
}

}  // namespace

void watch_signals()
{
  std::signal(SIGPIPE, SIG_DFL);
  struct sigaction action = {};
  action.sa_handler = note_stop;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;  // the second signal meets the default action
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
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
