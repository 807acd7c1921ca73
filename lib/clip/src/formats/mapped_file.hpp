#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

namespace vidcv {

/// A regular file's bytes, read by the kernel as they are examined.
class MappedFile {
 public:
  /// @throws ModelError if it cannot be opened, or is not a regular file
  explicit MappedFile(const std::filesystem::path& file);

  std::span<const std::byte> bytes() const noexcept { return {m_data.get(), m_data.get_deleter().size}; }

 private:
  struct Unmap {
    std::size_t size;
    void operator()(const std::byte* data) const noexcept;
  };
  std::unique_ptr<const std::byte[], Unmap> m_data{nullptr, Unmap{0}};
};

}  // namespace vidcv
