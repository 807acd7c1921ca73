#include <vidcv/search/vector_index.hpp>

#include "index_format.hpp"

#include <vidcv/core/descriptor.hpp>
#include <vidcv/core/threads.hpp>

#include <fcntl.h>
#include <hwy/aligned_allocator.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <xxhash.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstring>

namespace vidcv {
namespace format = index_format;
namespace {

/// More than the relative error of a float sum of products in any order, for each number: 2^-24, and a margin.
constexpr float k_sum_error = 7e-8F;

template <typename Number>
Number number_at(const std::byte* part, std::size_t row)
{
  Number value;
  std::memcpy(&value, part + row * sizeof value, sizeof value);
  return value;
}

}  // namespace

/// What the bytes lie in: a mapped file, or memory.
class VectorIndex::Bytes {
 public:
  explicit Bytes(std::vector<std::byte> memory) : m_size(memory.size())
  {
    m_memory = hwy::AllocateAligned<std::byte>(std::max<std::size_t>(m_size, 1));
    std::ranges::copy(memory, m_memory.get());
  }
  explicit Bytes(const std::filesystem::path& file)
  {
    const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat facts{};
    const bool is_usable = descriptor.get() >= 0 && ::fstat(descriptor.get(), &facts) == 0 && S_ISREG(facts.st_mode);
    if (!is_usable || facts.st_size <= 0) { return; }
    void* mapped =
        ::mmap(nullptr, static_cast<std::size_t>(facts.st_size), PROT_READ, MAP_PRIVATE, descriptor.get(), 0);
    if (mapped == MAP_FAILED) { return; }
    m_mapped = mapped;
    m_size = static_cast<std::size_t>(facts.st_size);
  }
  ~Bytes()
  {
    if (m_mapped != nullptr) { ::munmap(m_mapped, m_size); }
  }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;

  std::span<const std::byte> bytes() const
  {
    return {m_mapped != nullptr ? static_cast<const std::byte*>(m_mapped) : m_memory.get(), m_size};
  }

 private:
  void* m_mapped = nullptr;
  hwy::AlignedFreeUniquePtr<std::byte[]> m_memory;
  std::size_t m_size = 0;
};

VectorIndex::VectorIndex() = default;
VectorIndex::~VectorIndex() = default;

std::unique_ptr<VectorIndex> VectorIndex::open(const std::filesystem::path& file, const IndexKey& key)
{
  std::unique_ptr<VectorIndex> index(new VectorIndex);
  index->m_owner = std::make_unique<Bytes>(file);
  return index->read(key) ? std::move(index) : nullptr;
}

std::unique_ptr<VectorIndex> VectorIndex::of_bytes(std::vector<std::byte> bytes, const IndexKey& key)
{
  std::unique_ptr<VectorIndex> index(new VectorIndex);
  index->m_owner = std::make_unique<Bytes>(std::move(bytes));
  return index->read(key) ? std::move(index) : nullptr;
}

/// The sizes in the footer are believed only once its hash is right and the file has the size that follows from them.
bool VectorIndex::read(const IndexKey& key)
{
  m_bytes = m_owner->bytes();
  format::Footer footer;
  if (m_bytes.size() < sizeof footer) { return false; }
  std::memcpy(&footer, m_bytes.data() + m_bytes.size() - sizeof footer, sizeof footer);
  if (footer.magic != format::k_magic || footer.version != format::k_version) { return false; }
  if (footer.hash != XXH3_64bits(&footer, offsetof(format::Footer, hash))) { return false; }
  const std::string model(footer.model.data(), ::strnlen(footer.model.data(), footer.model.size()));
  if (IndexKey{model, footer.generation, static_cast<int>(footer.dim)} != key) { return false; }
  if (footer.rows > m_bytes.size() || footer.clips > footer.rows) { return false; }
  m_rows = footer.rows;
  m_width = format::width_of(footer.dim);
  const std::size_t blocks = (m_rows + format::k_rows - 1) / format::k_rows;
  const std::size_t lists = blocks * sizeof(std::uint64_t) + footer.clips * sizeof(std::int64_t);
  const std::size_t before = blocks * format::Layout(m_width).size;
  if (before + lists + sizeof footer != m_bytes.size()) { return false; }
  const std::byte* list = m_bytes.data() + before;
  if (XXH3_64bits(list, lists) != footer.lists_hash) { return false; }
  m_hashes = reinterpret_cast<const std::uint64_t*>(list);
  m_clips = {reinterpret_cast<const std::int64_t*>(list + blocks * sizeof(std::uint64_t)), footer.clips};
  return true;
}

IndexRow VectorIndex::row(std::size_t position) const
{
  const format::Layout layout(m_width);
  const std::byte* block = m_bytes.data() + position / format::k_rows * layout.size;
  const std::size_t place = position % format::k_rows;
  return {number_at<std::int64_t>(block + layout.frames, place), number_at<std::int64_t>(block + layout.regions, place),
          m_clips[clip_of(position)], number_at<double>(block + layout.times, place)};
}

/// A block that passed its hash cannot name a clip beyond the list; scan() comes first.
std::size_t VectorIndex::clip_of(std::size_t position) const
{
  const format::Layout layout(m_width);
  const std::byte* block = m_bytes.data() + position / format::k_rows * layout.size;
  const auto clip = number_at<std::uint32_t>(block + layout.clips, position % format::k_rows);
  return std::min<std::size_t>(clip, m_clips.size() - 1);
}

std::optional<std::vector<RowScore>> VectorIndex::scan(std::span<const float> query, int threads) const
{
  const format::Layout layout(m_width);
  const std::size_t blocks = (m_rows + format::k_rows - 1) / format::k_rows;
  std::vector<RowScore> scores(m_rows);
  auto aligned = hwy::AllocateAligned<float>(m_width);
  std::fill(std::ranges::copy(query, aligned.get()).out, aligned.get() + m_width, 0.0F);
  const float sum_error = k_sum_error * static_cast<float>(m_width);
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> is_damaged = false;
  const auto work = [&] {
    std::vector<float> products(format::k_rows);
    for (std::size_t i = next++; i < blocks && !is_damaged; i = next++) {
      const std::byte* block = m_bytes.data() + i * layout.size;
      if (XXH3_64bits(block, layout.size) != m_hashes[i]) {
        is_damaged = true;
        return;
      }
      const std::size_t rows = std::min(format::k_rows, m_rows - i * format::k_rows);
      multiply_rows(aligned.get(), reinterpret_cast<const std::int8_t*>(block), rows, m_width, products.data());
      for (std::size_t k = 0; k < rows; ++k) {
        const float residual = number_at<float>(block + layout.residuals, k);
        scores[i * format::k_rows + k] = {products[k] * number_at<float>(block + layout.scales, k),
                                          residual * 1.001F + sum_error * (1 + residual)};
      }
    }
  };
  {
    const auto useful = std::min<std::size_t>(blocks, static_cast<std::size_t>(thread_count(threads)));
    const auto others = start_threads(useful > 1 ? useful - 1 : 0, work);
    work();
  }
  if (is_damaged) { return std::nullopt; }
  return scores;
}

}  // namespace vidcv
