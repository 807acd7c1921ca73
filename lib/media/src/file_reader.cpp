#include "file_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace vidcv {
namespace {

constexpr int k_buffer_size = 1 << 16;

}  // namespace

FileReader::FileReader(const std::filesystem::path& file)
{
  const auto fail = [&](const std::string& cause) {
    if (m_fd >= 0) { ::close(m_fd); }
    throw MediaError(file.native(), "open", cause);
  };
  m_fd = ::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);  // a FIFO without a writer does not block
  if (m_fd < 0) { fail(system_cause(errno)); }
  struct stat status{};
  if (::fstat(m_fd, &status) != 0) { fail(system_cause(errno)); }
  if (S_ISDIR(status.st_mode)) { fail(system_cause(EISDIR)); }
  if (!S_ISREG(status.st_mode)) { fail("not a regular file"); }
  if (status.st_size == 0) { fail("the file is empty"); }
  auto* buffer = static_cast<unsigned char*>(av_malloc(k_buffer_size));
  m_io = buffer != nullptr ? avio_alloc_context(buffer, k_buffer_size, 0, this, &read, nullptr, &seek) : nullptr;
  if (m_io == nullptr) {
    av_free(buffer);
    ::close(m_fd);
    throw std::bad_alloc();
  }
}

FileReader::~FileReader()
{
  av_freep(static_cast<void*>(&m_io->buffer));  // FFmpeg may have replaced ours
  avio_context_free(&m_io);
  ::close(m_fd);
}

int FileReader::read(void* opaque, std::uint8_t* buffer, int size)
{
  const auto& self = *static_cast<FileReader*>(opaque);
  if (self.is_over && self.is_over()) { return AVERROR_EXIT; }
  for (;;) {
    const ssize_t got = ::read(self.m_fd, buffer, static_cast<std::size_t>(size));
    if (got > 0) { return static_cast<int>(got); }
    if (got == 0) { return AVERROR_EOF; }
    if (errno != EINTR) { return AVERROR(errno); }
  }
}

std::int64_t FileReader::seek(void* opaque, std::int64_t offset, int whence)
{
  const auto& self = *static_cast<FileReader*>(opaque);
  if ((whence & AVSEEK_SIZE) != 0) {
    struct stat status{};
    return ::fstat(self.m_fd, &status) == 0 ? status.st_size : AVERROR(errno);
  }
  const off_t position = ::lseek(self.m_fd, offset, whence & ~AVSEEK_FORCE);
  return position >= 0 ? position : AVERROR(errno);
}

}  // namespace vidcv
