#include "formats/mapped_file.hpp"

#include <vidcv/core/error.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace vidcv {
namespace {

struct Descriptor {
  int number = -1;
  ~Descriptor() { ::close(number); }
};

[[noreturn]] void refuse(const std::filesystem::path& file, std::string_view cause)
{
  throw ModelError(file.native(), "open", cause);
}

}  // namespace

void MappedFile::Unmap::operator()(const std::byte* data) const noexcept
{
  ::munmap(const_cast<std::byte*>(data), size);
}

MappedFile::MappedFile(const std::filesystem::path& file)
{
  const Descriptor descriptor{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  struct stat status{};
  if (descriptor.number < 0 || ::fstat(descriptor.number, &status) != 0) { refuse(file, system_cause(errno)); }
  if (!S_ISREG(status.st_mode)) { refuse(file, "not a regular file"); }
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) { return; }
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor.number, 0);
  if (data == MAP_FAILED) { refuse(file, system_cause(errno)); }
  m_data = {static_cast<const std::byte*>(data), Unmap{size}};
}

}  // namespace vidcv
