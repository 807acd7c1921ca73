#pragma once

#include <unistd.h>

#include <utility>

namespace vidcv {

/// A file descriptor, closed at its end; -1 is none.
class Descriptor {
 public:
  explicit Descriptor(int fd) noexcept : m_fd(fd) {}
  Descriptor(Descriptor&& other) noexcept : m_fd(std::exchange(other.m_fd, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept
  {
    std::swap(m_fd, other.m_fd);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor()
  {
    if (m_fd >= 0) { ::close(m_fd); }
  }
  int get() const noexcept { return m_fd; }
  /// False if what was written did not reach the disk.
  bool close() noexcept { return ::close(std::exchange(m_fd, -1)) == 0; }

 private:
  int m_fd;
};

}  // namespace vidcv
