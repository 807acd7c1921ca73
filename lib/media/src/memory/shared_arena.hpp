#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>

namespace vidcv {

/// Memory that two processes see, mapped whole; it costs only what is touched. It cannot be made smaller, so that
/// whoever reads it meets no fault, whatever the other side does.
class SharedMemory {
 public:
  /// New memory of zeros.
  /// @throws Error if the system gives none
  explicit SharedMemory(std::size_t size);
  /// The memory behind a descriptor that another process handed over, which is closed.
  explicit SharedMemory(int descriptor);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  int descriptor() const noexcept { return m_descriptor; }
  std::uint8_t* data() const noexcept { return m_data; }
  std::size_t size() const noexcept { return m_size; }
  bool contains(const void* address) const noexcept;

 private:
  void map();

  int m_descriptor = -1;
  std::uint8_t* m_data = nullptr;
  std::size_t m_size = 0;
};

/// Deals out blocks of shared memory: the first that fits. For several threads at once.
class SharedArena {
 public:
  explicit SharedArena(SharedMemory& memory);

  /// At least `size` bytes, on a boundary of 64; null if there are not so many left. What they held is undefined.
  std::uint8_t* allocate(std::size_t size) noexcept;
  void free(std::uint8_t* block) noexcept;
  /// Gives the system back what lies behind the last block in use, except for a stock.
  void trim() noexcept;

 private:
  SharedMemory& m_memory;
  std::mutex m_mutex;
  std::map<std::size_t, std::size_t> m_free;  // start and size, never side by side
  std::map<std::size_t, std::size_t> m_used;
  std::size_t m_dirty_end = 0;
};

}  // namespace vidcv
