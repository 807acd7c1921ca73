#include "memory/shared_arena.hpp"

#include <vidcv/core/error.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace vidcv {
namespace {

constexpr std::size_t k_boundary = 64;
constexpr std::size_t k_page = 4096;
constexpr std::size_t k_behind = k_page;                 // whoever reads rows in vectors may read behind the last one
constexpr std::size_t k_stock = std::size_t{64} << 20U;  // pages that the next clip need not fault in again

[[noreturn]] void fail(int descriptor)
{
  const int cause = errno;
  if (descriptor >= 0) { ::close(descriptor); }
  throw Error("", "shared memory", system_cause(cause));
}

std::size_t rounded_up(std::size_t size, std::size_t step)
{
  return (size + step - 1) / step * step;
}

}  // namespace

SharedMemory::SharedMemory(std::size_t size)
    : m_descriptor(::memfd_create("vidcv-frames", MFD_CLOEXEC | MFD_ALLOW_SEALING)), m_size(size)
{
  constexpr int k_seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  const bool made = m_descriptor >= 0 && ::ftruncate(m_descriptor, static_cast<off_t>(size)) == 0 &&
                    ::fcntl(m_descriptor, F_ADD_SEALS, k_seals) == 0;
  if (!made) { fail(m_descriptor); }
  map();
}

SharedMemory::SharedMemory(int descriptor) : m_descriptor(descriptor)
{
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) { fail(descriptor); }
  m_size = static_cast<std::size_t>(status.st_size);
  map();
}

SharedMemory::~SharedMemory()
{
  ::munmap(m_data, m_size);
  ::close(m_descriptor);
}

void SharedMemory::map()
{
  void* data = ::mmap(nullptr, m_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, m_descriptor, 0);
  if (data == MAP_FAILED) { fail(m_descriptor); }
  m_data = static_cast<std::uint8_t*>(data);
}

bool SharedMemory::contains(const void* address) const noexcept
{
  const auto* byte = static_cast<const std::uint8_t*>(address);
  return byte >= m_data && byte < m_data + m_size;
}

SharedArena::SharedArena(SharedMemory& memory) : m_memory(memory)
{
  m_free.emplace(0, memory.size() - k_behind);
}

std::uint8_t* SharedArena::allocate(std::size_t size) noexcept
{
  const std::size_t wanted = rounded_up(std::max<std::size_t>(size, 1), k_boundary);
  const std::lock_guard lock(m_mutex);
  const auto block = std::ranges::find_if(m_free, [&](const auto& free) { return free.second >= wanted; });
  if (block == m_free.end()) { return nullptr; }
  const auto [start, available] = *block;
  m_free.erase(block);
  if (available > wanted) { m_free.emplace(start + wanted, available - wanted); }
  m_used.emplace(start, wanted);
  m_dirty_end = std::max(m_dirty_end, start + wanted);
  return m_memory.data() + start;
}

void SharedArena::free(std::uint8_t* block) noexcept
{
  const std::lock_guard lock(m_mutex);
  const auto used = m_used.find(static_cast<std::size_t>(block - m_memory.data()));
  auto [start, size] = *used;
  m_used.erase(used);
  auto next = m_free.lower_bound(start);
  if (next != m_free.end() && start + size == next->first) {
    size += next->second;
    next = m_free.erase(next);
  }
  if (next != m_free.begin()) {
    const auto before = std::prev(next);
    if (before->first + before->second == start) {
      before->second += size;
      return;
    }
  }
  m_free.emplace(start, size);
}

void SharedArena::trim() noexcept
{
  const std::lock_guard lock(m_mutex);
  const std::size_t used_end = m_used.empty() ? 0 : m_used.rbegin()->first + m_used.rbegin()->second;
  const std::size_t kept = rounded_up(std::max(used_end, k_stock), k_page);
  if (m_dirty_end <= kept) { return; }
  ::madvise(m_memory.data() + kept, rounded_up(m_dirty_end, k_page) - kept, MADV_REMOVE);
  m_dirty_end = kept;
}

}  // namespace vidcv
