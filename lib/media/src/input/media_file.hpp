#pragma once

#include <vidcv/core/descriptor.hpp>

#include <filesystem>
#include <memory>

namespace vidcv {

/// A regular file that is open for reading, and what it is called. Copies are the same open file; it is closed with the
/// last of them.
class MediaFile {
 public:
  /// @throws MediaError if it is not there, cannot be read, is not a regular file or is empty
  explicit MediaFile(const std::filesystem::path& path);
  /// One that somebody else has opened; `descriptor` is its own from here on.
  MediaFile(std::filesystem::path path, int descriptor);

  const std::filesystem::path& path() const noexcept { return m_path; }
  int descriptor() const noexcept { return m_descriptor->get(); }

 private:
  std::filesystem::path m_path;
  std::shared_ptr<const Descriptor> m_descriptor;
};

}  // namespace vidcv
