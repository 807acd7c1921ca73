#pragma once

#include "av.hpp"

#include <functional>

namespace vidcv {

/// A regular file as FFmpeg reads it: bytes through our own callbacks.
class FileReader {
 public:
  /// @throws MediaError if it is not there, cannot be read or is no regular file
  explicit FileReader(const std::filesystem::path& file);
  ~FileReader();
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  AVIOContext* io() noexcept { return m_io; }

  /// Asked before each read: whether to read no more.
  std::function<bool()> is_over;

 private:
  static int read(void* opaque, std::uint8_t* buffer, int size);
  static std::int64_t seek(void* opaque, std::int64_t offset, int whence);

  int m_fd = -1;
  AVIOContext* m_io = nullptr;
};

}  // namespace vidcv
