#pragma once

#include "isolation/decoder_wire.hpp"
#include "memory/shared_arena.hpp"

#include <vidcv/core/descriptor.hpp>
#include <vidcv/core/stopwatch.hpp>

#include <vidcv/media/decoder_process.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace vidcv {

// The descriptors that a decoder process is started with.
inline constexpr int k_decoder_socket = 3;
inline constexpr int k_decoder_memory = 4;

/// How a decoder process ended.
struct DecoderEnd {
  std::string how;          ///< in words
  bool was_killed = false;  ///< from outside, and not by what it did itself
};

/// One `vidcv-decoder`. Lives as long as anybody looks at frames in its memory; frames outlive the process itself.
class SpawnedDecoder {
 public:
  /// Starts a process. Its first answer shows whether it came up.
  /// @throws Error if there is no such program, or it cannot be started
  SpawnedDecoder();
  ~SpawnedDecoder();
  SpawnedDecoder(const SpawnedDecoder&) = delete;
  SpawnedDecoder& operator=(const SpawnedDecoder&) = delete;

  /// One that has nothing to do, or a new one.
  static std::shared_ptr<SpawnedDecoder> take();
  /// For somebody else to take.
  static void give_back(std::shared_ptr<SpawnedDecoder> decoder);

  /// False where it is gone.
  bool ask(const wire::Request& request, int descriptor = -1);
  /// The next answer; nothing where it is gone, or sends what is not a message.
  std::optional<wire::Answer> answer();
  /// Waits for an answer, at most so long. False if there is none yet.
  bool wait(std::chrono::milliseconds most) const;

  /// @throws Error if it has had a minute to come up, and has not
  void require_start() const;

  /// The frame is no longer in use; the process learns it with the next message. For any thread.
  void release(std::uint64_t id);
  bool send_releases();

  bool is_ready() const noexcept { return m_is_ready; }
  /// False once it was killed here, or its end was waited for.
  bool is_running() const noexcept { return m_process >= 0; }

  void kill() noexcept;
  /// Of a process that is gone.
  /// @throws Error if it never came up, which is not a file's fault
  DecoderEnd end();

  const SharedMemory& memory() const noexcept { return *m_memory; }
  std::uint64_t next_clip() noexcept { return ++m_clips; }
  /// How many files it was given.
  std::uint64_t clips() const noexcept { return m_clips; }

 private:
  DecoderEnd wait_for_end();

  std::unique_ptr<SharedMemory> m_memory;
  Descriptor m_socket{-1};
  int m_process = -1;  // -1: has been waited for
  std::uint64_t m_clips = 0;
  Stopwatch m_since_start;
  bool m_is_ready = false;
  bool m_is_nonsense = false;  // what it sent last
  std::mutex m_mutex;
  std::vector<std::uint64_t> m_released;
};

}  // namespace vidcv
