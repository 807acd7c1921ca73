// Preloaded into vidcv and its decoders: reading a file that begins with one of these words does what it says, as a
// file would that makes a decoder do it.
#include <dlfcn.h>
#include <sys/types.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

void eat_memory()
{
  constexpr std::size_t k_gib = std::size_t{1} << 30U;
  for (int i = 0; i < 50; ++i) {
    void* block = std::malloc(k_gib);
    if (block == nullptr) { std::abort(); }
    std::memset(block, 1, k_gib);
  }
}

void do_as_it_says(std::string_view bytes)
{
  if (bytes.starts_with("FAULT crash")) { std::raise(SIGSEGV); }
  if (bytes.starts_with("FAULT memory")) { eat_memory(); }
  if (bytes.starts_with("FAULT hang")) {
    for (volatile bool forever = true; forever;) {}
  }
}

}  // namespace

extern "C" __attribute__((visibility("default"))) ssize_t pread64(int fd, void* buffer, std::size_t count,
                                                                  off64_t offset)
{
  using Read = ssize_t (*)(int, void*, std::size_t, off64_t);
  static const Read real = reinterpret_cast<Read>(::dlsym(RTLD_NEXT, "pread64"));
  const ssize_t got = real(fd, buffer, count, offset);
  if (got > 0) { do_as_it_says({static_cast<const char*>(buffer), static_cast<std::size_t>(got)}); }
  return got;
}

extern "C" __attribute__((visibility("default"))) ssize_t pread(int fd, void* buffer, std::size_t count, off_t offset)
{
  return pread64(fd, buffer, count, offset);
}
