// A malloc for LD_PRELOAD that takes from one long stretch of memory and never gives back. glibc's free() ends the
// process when it meets a block from here, so a program that mixes the two does not survive.

#include <sys/mman.h>

#include <atomic>
#include <cstddef>
#include <cstring>

namespace {

constexpr std::size_t k_room = std::size_t{64} << 30;  // of addresses; pages are taken as they are written
constexpr std::size_t k_header = 16;                   // holds the size

std::byte* room()
{
  static void* const memory =
      ::mmap(nullptr, k_room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return static_cast<std::byte*>(memory);
}

std::atomic<std::size_t> used{0};

void* take(std::size_t alignment, std::size_t size)
{
  const std::size_t step = alignment < k_header ? k_header : alignment;
  const std::size_t start = used.fetch_add(size + k_header + 2 * step);
  const std::size_t place = (start + k_header + step - 1) / step * step;
  std::memcpy(room() + place - k_header, &size, sizeof(size));
  return room() + place;
}

}  // namespace

extern "C" {

void* malloc(std::size_t size)
{
  return take(k_header, size);
}
void* calloc(std::size_t count, std::size_t size)
{
  return take(k_header, count * size);
}  // fresh pages are zero
void* memalign(std::size_t alignment, std::size_t size)
{
  return take(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size)
{
  return take(alignment, size);
}
void free(void*) {}

int posix_memalign(void** block, std::size_t alignment, std::size_t size)
{
  *block = take(alignment, size);
  return 0;
}

void* realloc(void* block, std::size_t size)
{
  void* moved = take(k_header, size);
  if (block != nullptr) {
    std::size_t before = 0;
    std::memcpy(&before, static_cast<std::byte*>(block) - k_header, sizeof(before));
    std::memcpy(moved, block, before < size ? before : size);
  }
  return moved;
}
}
