#include "input/resident_memory.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace vidcv {

UsedMemory used_memory()
{
  static const int statm = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  static const long page_bytes = ::sysconf(_SC_PAGESIZE);
  std::array<char, 128> text{};
  if (::pread(statm, text.data(), text.size() - 1, 0) <= 0) { return {}; }
  char* rest = nullptr;
  const long long pages = std::strtoll(text.data(), &rest, 10);
  const long long resident = std::strtoll(rest, nullptr, 10);
  return {pages * page_bytes, resident * page_bytes};
}

}  // namespace vidcv
