#include "input/media_file.hpp"

#include <vidcv/core/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

namespace vidcv {

MediaFile::MediaFile(std::filesystem::path path, int descriptor)
    : m_path(std::move(path)), m_descriptor(std::make_shared<const Descriptor>(descriptor))
{
}

/// Without waiting: a FIFO that nobody writes to does not block.
MediaFile::MediaFile(const std::filesystem::path& path)
    : MediaFile(path, ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY))
{
  const auto require = [&](bool good, const std::string& cause) {
    if (!good) { throw MediaError(m_path.native(), "open", cause); }
  };
  require(descriptor() >= 0, system_cause(errno));
  struct stat status{};
  require(::fstat(descriptor(), &status) == 0, system_cause(errno));
  require(!S_ISDIR(status.st_mode), system_cause(EISDIR));
  require(S_ISREG(status.st_mode), "not a regular file");
  require(status.st_size > 0, "the file is empty");
}

}  // namespace vidcv
