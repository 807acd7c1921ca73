#include "isolation/spawned_decoder.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/stopwatch.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <thread>

namespace vidcv {
namespace {

constexpr std::size_t k_memory_bytes = std::size_t{8} << 30U;  // of addresses; it costs what frames take
constexpr std::size_t k_least_memory_bytes = std::size_t{256} << 20U;
constexpr double k_to_end_s = 10;  // a process whose socket is closed is at its end, however busy the machine is
constexpr double k_to_start_s = 60;
constexpr auto k_poll_interval = std::chrono::milliseconds(1);
constexpr const char* k_way_out = "[limits] isolation = none decodes without it";

/// What the decoder is given of this program's environment: how libraries are found and what sanitizers are to do, no
/// keys and tokens of the user's.
std::vector<char*> decoder_environment()
{
  constexpr std::array<std::string_view, 7> k_kept = {
      "VIDCV_", "LD_LIBRARY_PATH=", "LD_PRELOAD=", "ASAN_OPTIONS=", "LSAN_OPTIONS=", "TSAN_OPTIONS=", "UBSAN_OPTIONS="};
  std::vector<char*> kept;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (std::ranges::any_of(k_kept, [&](std::string_view name) { return text.starts_with(name); })) {
      kept.push_back(*entry);
    }
  }
  kept.push_back(nullptr);
  return kept;
}

/// Decoders that have nothing to do.
struct Idle {
  std::mutex mutex;
  std::vector<std::shared_ptr<SpawnedDecoder>> decoders;
};

Idle& idle()
{
  static Idle all;
  return all;
}

class SpawnActions {
 public:
  SpawnActions() { posix_spawn_file_actions_init(&m_actions); }
  ~SpawnActions() { posix_spawn_file_actions_destroy(&m_actions); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;

  /// Nothing but these two descriptors gets across.
  const posix_spawn_file_actions_t* hand_over(int socket, int memory)
  {
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO}) {
      posix_spawn_file_actions_addopen(&m_actions, standard, "/dev/null", O_RDWR, 0);
    }
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    posix_spawn_file_actions_addopen(&m_actions, STDERR_FILENO, "/dev/null", O_RDWR, 0);  // what it says we say
#endif
    posix_spawn_file_actions_adddup2(&m_actions, socket, k_decoder_socket);
    posix_spawn_file_actions_adddup2(&m_actions, memory, k_decoder_memory);
    posix_spawn_file_actions_addclosefrom_np(&m_actions, k_decoder_memory + 1);
    return &m_actions;
  }

 private:
  posix_spawn_file_actions_t m_actions{};
};

[[noreturn]] void cannot_start(int error_number)
{
  throw Error("vidcv-decoder", "start", fmt::format("{}; {}", system_cause(error_number), k_way_out));
}

/// A copy that is out of the way of the descriptors that the process will have.
Descriptor moved_up(int descriptor)
{
  Descriptor copy(::fcntl(descriptor, F_DUPFD_CLOEXEC, k_decoder_memory + 1));
  if (copy.get() < 0) { cannot_start(errno); }
  return copy;
}

/// As much as may be mapped: a shell or a scheduler may bound the addresses of a program.
std::unique_ptr<SharedMemory> make_memory()
{
  for (std::size_t size = k_memory_bytes;; size /= 2) {
    try {
      return std::make_unique<SharedMemory>(size);
    } catch (const Error& error) {
      if (size / 2 < k_least_memory_bytes) {
        throw Error("vidcv-decoder", "start", fmt::format("{}: {}; {}", error.action(), error.cause(), k_way_out));
      }
    }
  }
}

}  // namespace

SpawnedDecoder::SpawnedDecoder() : m_memory(make_memory())
{
  const std::filesystem::path program = program_folder() / "vidcv-decoder";
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) { cannot_start(errno); }
  m_socket = Descriptor(ends[0]);
  const Descriptor other_end(ends[1]);
  const Descriptor theirs = moved_up(other_end.get());
  const Descriptor memory = moved_up(m_memory->descriptor());
  std::string name = program.native();
  std::array<char*, 2> arguments = {name.data(), nullptr};
  std::vector<char*> environment = decoder_environment();
  SpawnActions actions;
  const int status = ::posix_spawn(&m_process, program.c_str(), actions.hand_over(theirs.get(), memory.get()), nullptr,
                                   arguments.data(), environment.data());
  if (status != 0) {
    m_process = -1;
    throw Error(program.native(), "start", fmt::format("{}; {}", system_cause(status), k_way_out));
  }
}

SpawnedDecoder::~SpawnedDecoder()
{
  kill();
}

std::shared_ptr<SpawnedDecoder> SpawnedDecoder::take()
{
  {
    const std::lock_guard lock(idle().mutex);
    if (!idle().decoders.empty()) {
      auto decoder = std::move(idle().decoders.back());
      idle().decoders.pop_back();
      return decoder;
    }
  }
  return std::make_shared<SpawnedDecoder>();
}

void SpawnedDecoder::give_back(std::shared_ptr<SpawnedDecoder> decoder)
{
  const std::lock_guard lock(idle().mutex);
  idle().decoders.push_back(std::move(decoder));
}

bool SpawnedDecoder::ask(const wire::Request& request, int descriptor)
{
  return wire::send(m_socket.get(), request, descriptor);
}

std::optional<wire::Answer> SpawnedDecoder::answer()
{
  auto answer = wire::receive_answer(m_socket.get());
  m_is_nonsense = answer && std::holds_alternative<std::monostate>(*answer);
  if (m_is_nonsense) { return std::nullopt; }
  const auto* ready = answer ? std::get_if<wire::Ready>(&*answer) : nullptr;
  if (ready != nullptr && ready->build != wire::this_build()) {
    throw Error("vidcv-decoder", "start", fmt::format("it is of another build than this program; {}", k_way_out));
  }
  m_is_ready = m_is_ready || ready != nullptr;
  return answer;
}

bool SpawnedDecoder::wait(std::chrono::milliseconds most) const
{
  pollfd waiting{m_socket.get(), POLLIN, 0};
  const auto at_most = std::max(most, std::chrono::milliseconds(0));  // poll() waits forever for a negative time
  return ::poll(&waiting, 1, static_cast<int>(at_most.count())) > 0;
}

void SpawnedDecoder::require_start() const
{
  if (m_is_ready || m_since_start.seconds() < k_to_start_s) { return; }
  throw Error("vidcv-decoder", "start", fmt::format("it said nothing for {} s; {}", k_to_start_s, k_way_out));
}

void SpawnedDecoder::release(std::uint64_t id)
{
  const std::lock_guard lock(m_mutex);
  m_released.push_back(id);
}

bool SpawnedDecoder::send_releases()
{
  const std::lock_guard lock(m_mutex);
  while (!m_released.empty()) {
    wire::Release message;
    while (!m_released.empty() && message.count < wire::Release::k_most) {
      message.ids[message.count++] = m_released.back();
      m_released.pop_back();
    }
    if (!ask(message)) { return false; }
  }
  return true;
}

void SpawnedDecoder::kill() noexcept
{
  if (m_process < 0) { return; }
  ::kill(m_process, SIGKILL);
  while (::waitpid(m_process, nullptr, 0) < 0 && errno == EINTR) {}
  m_process = -1;
}

DecoderEnd SpawnedDecoder::wait_for_end()
{
  if (m_is_nonsense) { return kill(), DecoderEnd{"sent what is not a message"}; }
  ::shutdown(m_socket.get(), SHUT_RDWR);
  int status = 0;
  const Stopwatch watch;
  while (::waitpid(m_process, &status, WNOHANG) == 0) {
    if (watch.seconds() > k_to_end_s) { return kill(), DecoderEnd{"closed its socket and went on"}; }
    std::this_thread::sleep_for(k_poll_interval);
  }
  m_process = -1;
  if (!WIFSIGNALED(status)) { return {fmt::format("ended with {}", WEXITSTATUS(status))}; }
  const int signal = WTERMSIG(status);
  const bool by_itself = signal == SIGSEGV || signal == SIGBUS || signal == SIGABRT || signal == SIGFPE ||
                         signal == SIGILL || signal == SIGXCPU || signal == SIGSYS || signal == SIGTRAP;
  return {fmt::format("{} (SIG{})", by_itself ? "crashed" : "was killed", ::sigabbrev_np(signal)), !by_itself};
}

DecoderEnd SpawnedDecoder::end()
{
  DecoderEnd end = wait_for_end();
  if (!m_is_ready && !end.was_killed) {
    throw Error("vidcv-decoder", "start", fmt::format("it {}; {}", end.how, k_way_out));
  }
  return end;
}

void end_decoders()
{
  const std::lock_guard lock(idle().mutex);
  idle().decoders.clear();
}

DecoderState probe_decoder()
{
  const Stopwatch watch;
  SpawnedDecoder decoder;
  while (!decoder.wait(k_poll_interval)) { decoder.require_start(); }
  const auto answer = decoder.answer();
  const auto* ready = answer ? std::get_if<wire::Ready>(&*answer) : nullptr;
  if (ready == nullptr) {
    throw Error("vidcv-decoder", "start", fmt::format("it {}; {}", decoder.end().how, k_way_out));
  }
  return {ready->has_seccomp != 0, ready->landlock, watch.seconds()};
}

}  // namespace vidcv
