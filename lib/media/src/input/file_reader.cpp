#include "input/file_reader.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace vidcv {
namespace {

constexpr int k_buffer_size = 1 << 16;
constexpr std::int64_t k_largest_still = std::int64_t{1} << 30;

}  // namespace

FileReader::FileReader(const MediaFile& file) : m_file(file)
{
  auto* buffer = static_cast<unsigned char*>(av_malloc(k_buffer_size));
  m_io = buffer != nullptr ? avio_alloc_context(buffer, k_buffer_size, 0, this, &read, nullptr, &seek) : nullptr;
  if (m_io == nullptr) {
    av_free(buffer);
    throw std::bad_alloc();
  }
}

FileReader::~FileReader()
{
  av_freep(static_cast<void*>(&m_io->buffer));  // FFmpeg may have replaced ours
  avio_context_free(&m_io);
}

int FileReader::read(void* opaque, std::uint8_t* buffer, int size)
{
  auto& self = *static_cast<FileReader*>(opaque);
  if (self.is_over && self.is_over()) { return AVERROR_EXIT; }
  for (;;) {
    const ssize_t got = ::pread(self.m_file.descriptor(), buffer, static_cast<std::size_t>(size), self.m_position);
    if (got > 0) {
      self.m_position += got;
      return static_cast<int>(got);
    }
    if (got == 0) { return AVERROR_EOF; }
    if (errno != EINTR) { return AVERROR(errno); }
  }
}

std::int64_t FileReader::seek(void* opaque, std::int64_t offset, int whence)
{
  auto& self = *static_cast<FileReader*>(opaque);
  const off_t size = ::lseek(self.m_file.descriptor(), 0, SEEK_END);
  if (size < 0) { return AVERROR(errno); }
  if ((whence & AVSEEK_SIZE) != 0) { return size; }
  const int from = whence & ~AVSEEK_FORCE;
  const std::int64_t start = from == SEEK_SET ? 0 : from == SEEK_CUR ? self.m_position : size;
  if (offset < -start) { return AVERROR(EINVAL); }
  self.m_position = start + offset;
  return self.m_position;
}

std::vector<std::uint8_t> whole_file(const MediaFile& file)
{
  FileReader reader(file);
  const std::int64_t size = avio_size(reader.io());
  if (size < 0 || size > k_largest_still) { throw MediaError(file.path().native(), "open", "too large for a picture"); }
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
  const int got = avio_read(reader.io(), bytes.data(), static_cast<int>(size));
  bytes.resize(static_cast<std::size_t>(std::max(got, 0)));
  return bytes;
}

}  // namespace vidcv
