#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// What the fuzzers share: an input as text, as parts, or as files for readers that take names.
namespace vidcv::fuzz {

/// Ends the fuzzer: the input has shown a fault.
inline void require(bool is_so)
{
  if (!is_so) { std::abort(); }
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size)
{
  return {reinterpret_cast<const char*>(data), size};
}

/// The parts of an input between form feeds, which occur in no text that is fuzzed.
inline std::vector<std::string_view> parts_of(std::string_view text)
{
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find('\f');
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) { return parts; }
    text.remove_prefix(end + 1);
  }
}

/// Cuts off the first line.
inline std::string_view take_line(std::string_view& text)
{
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

/// A folder of this process below TMPDIR, which scripts/fuzz.sh puts into memory and removes.
class Folder {
 public:
  Folder()
  {
    std::string name = std::filesystem::temp_directory_path() / "fuzz-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) { throw std::runtime_error("no folder below TMPDIR"); }
    m_path = name;
  }
  ~Folder() { std::filesystem::remove_all(m_path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const noexcept { return m_path; }

  std::filesystem::path write(const std::filesystem::path& name, std::string_view bytes) const
  {
    std::ofstream(m_path / name, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return m_path / name;
  }

 private:
  std::filesystem::path m_path;
};

/// A descriptor of a file in memory that holds `bytes`. The caller's.
inline int open_bytes(std::string_view bytes)
{
  const int descriptor = ::memfd_create("fuzz", MFD_CLOEXEC);
  require(descriptor >= 0 && ::write(descriptor, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  return descriptor;
}

/// The bytes of an input as numbers; zeros behind its end.
class Numbers {
 public:
  explicit Numbers(std::string_view bytes) : m_bytes(bytes) {}

  bool is_over() const noexcept { return m_bytes.empty(); }

  template <typename Number>
  Number next()
  {
    Number number{};
    const std::size_t size = std::min(sizeof number, m_bytes.size());
    m_bytes.copy(reinterpret_cast<char*>(&number), size);
    m_bytes.remove_prefix(size);
    return number;
  }

  /// As many bytes as are left, at most `size`.
  std::string_view take(std::size_t size)
  {
    const std::string_view taken = m_bytes.substr(0, size);
    m_bytes.remove_prefix(taken.size());
    return taken;
  }

 private:
  std::string_view m_bytes;
};

}  // namespace vidcv::fuzz
