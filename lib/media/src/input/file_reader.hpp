#pragma once

#include "input/av.hpp"
#include "input/media_file.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace vidcv {

/// A file from its beginning on, as FFmpeg reads it: bytes through our own callbacks.
class FileReader {
 public:
  explicit FileReader(const MediaFile& file);
  ~FileReader();
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  AVIOContext* io() noexcept { return m_io; }

  /// Asked before each read: whether to read no more.
  std::function<bool()> is_over;

 private:
  static int read(void* opaque, std::uint8_t* buffer, int size);
  static std::int64_t seek(void* opaque, std::int64_t offset, int whence);

  MediaFile m_file;
  std::int64_t m_position = 0;  // others may read the same open file
  AVIOContext* m_io = nullptr;
};

/// All bytes of a still picture's file.
/// @throws MediaError beyond a gigabyte
std::vector<std::uint8_t> whole_file(const MediaFile& file);

}  // namespace vidcv
