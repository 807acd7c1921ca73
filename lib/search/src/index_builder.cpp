#include <vidcv/search/vector_index.hpp>

#include "index_format.hpp"

#include <hwy/aligned_allocator.h>
#include <xxhash.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace vidcv {
namespace format = index_format;

struct IndexBuilder::Block {
  explicit Block(std::size_t numbers)
      : width(numbers),
        layout(numbers),
        bytes(hwy::AllocateAligned<std::byte>(layout.size)),
        vector(hwy::AllocateAligned<float>(width))
  {
    clear();
    std::fill_n(vector.get(), width, 0.0F);
  }

  void clear() { std::fill_n(bytes.get(), layout.size, std::byte{0}); }
  std::int8_t* codes(std::size_t row) const { return reinterpret_cast<std::int8_t*>(bytes.get()) + row * width; }

  template <typename Number>
  void put(std::size_t part, std::size_t row, Number value) const
  {
    std::memcpy(bytes.get() + part + row * sizeof value, &value, sizeof value);
  }

  std::size_t width;
  format::Layout layout;
  hwy::AlignedFreeUniquePtr<std::byte[]> bytes;
  hwy::AlignedFreeUniquePtr<float[]> vector;  // as the kernel wants it
};

IndexBuilder::IndexBuilder(const IndexKey& key, Sink sink)
    : m_key(key),
      m_sink(std::move(sink)),
      m_block(std::make_unique<Block>(format::width_of(static_cast<std::size_t>(key.dim))))
{
}

IndexBuilder::~IndexBuilder() = default;

void IndexBuilder::add(const IndexRow& row, std::span<const float> vector)
{
  if (m_clips.empty() || m_clips.back() != row.clip_id) { m_clips.push_back(row.clip_id); }
  const std::size_t place = m_rows++ % format::k_rows;
  const format::Layout& layout = m_block->layout;
  std::ranges::copy(vector, m_block->vector.get());
  const Quantised quantised = quantise(m_block->vector.get(), m_block->width, m_block->codes(place));
  m_block->put(layout.frames, place, row.frame_id);
  m_block->put(layout.regions, place, row.region_id);
  m_block->put(layout.times, place, row.timestamp_s);
  m_block->put(layout.clips, place, static_cast<std::uint32_t>(m_clips.size() - 1));
  m_block->put(layout.scales, place, quantised.scale);
  m_block->put(layout.residuals, place, quantised.residual);
  if (place + 1 == format::k_rows) { flush(); }
}

void IndexBuilder::flush()
{
  const std::span<const std::byte> bytes(m_block->bytes.get(), m_block->layout.size);
  m_hashes.push_back(XXH3_64bits(bytes.data(), bytes.size()));
  m_sink(bytes);
  m_block->clear();
}

void IndexBuilder::finish()
{
  if (m_rows % format::k_rows != 0) { flush(); }
  std::vector<std::byte> lists(m_hashes.size() * sizeof(std::uint64_t) + m_clips.size() * sizeof(std::int64_t));
  if (!lists.empty()) {
    const auto hashes = std::as_bytes(std::span(m_hashes));
    const auto clips = std::as_bytes(std::span(m_clips));
    std::ranges::copy(clips, std::ranges::copy(hashes, lists.begin()).out);
  }
  format::Footer footer;
  footer.dim = static_cast<std::uint32_t>(m_key.dim);
  footer.rows = m_rows;
  footer.clips = m_clips.size();
  footer.generation = m_key.generation;
  m_key.model.copy(footer.model.data(), footer.model.size());
  footer.lists_hash = XXH3_64bits(lists.data(), lists.size());
  footer.hash = XXH3_64bits(&footer, offsetof(format::Footer, hash));
  m_sink(lists);
  m_sink(std::as_bytes(std::span(&footer, 1)));
}

}  // namespace vidcv
