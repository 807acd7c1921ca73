#include <vidcv/cli/signals.hpp>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace vidcv {
namespace {

constexpr std::int64_t k_grace_s = 3;  // leaves two for what cannot be cut short: a batch, a commit

volatile std::sig_atomic_t g_stop_signal = 0;
std::atomic<std::int64_t> g_stopped_at_s = 0;
static_assert(std::atomic<std::int64_t>::is_always_lock_free, "a signal handler writes it");

std::int64_t clock_s() noexcept
{
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec;
}

extern "C" void note_stop(int signal)
{
  g_stopped_at_s = clock_s();
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
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow (ulimit -f) is a full disk: writing to it says so
  std::signal(SIGCHLD, SIG_DFL);  // where the parent ignored it nobody could tell how a decoder ended
  watch(SIGINT);
  watch(SIGTERM);
}

int stop_signal() noexcept
{
  return g_stop_signal;
}

bool is_stopping() noexcept
{
  return stop_signal() != 0;
}

bool is_time_up() noexcept
{
  return is_stopping() && clock_s() - g_stopped_at_s >= k_grace_s;
}

void die_by(int signal)
{
  std::signal(signal, SIG_DFL);
  std::raise(signal);
  std::_Exit(128 + signal);  // reached only where the signal is blocked
}

}  // namespace vidcv
