#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vidcv {

/// Of what an index was made: another key, and it is made again.
struct IndexKey {
  std::string model;            ///< fingerprint and precision
  std::int64_t generation = 0;  ///< of the vectors, see vectors_generation()
  int dim = 0;
  bool operator==(const IndexKey&) const = default;
};

/// One vector of a frame or of one of its regions.
struct IndexRow {
  std::int64_t frame_id = 0;
  std::int64_t region_id = 0;  ///< 0: the whole frame
  std::int64_t clip_id = 0;
  double timestamp_s = 0;
};

/// A row and where its score lies: the cosine is score ± error.
struct RowScore {
  float score = 0;
  float error = 0;
};

/// Note on the index. It is a copy of the vectors in whole numbers of 8 bits, a quarter of their size, so that a scan
/// reads a quarter of the bytes. For a unit query q, a vector v and its copy w = scale * code, |q·v - q·w| is at most
/// the length of v - w, which is stored, and the error of the float sum, which is bounded. So a scan tells which rows
/// can still be among the best; only those are read and scored as they are. The answer is that of a scan of all
/// vectors, to the bit. The index is derived: it is never needed, and never trusted. Each block of 1024 rows has a hash
/// that is compared when it is read, and a file that does not fit the database, this version or itself is made again.
class VectorIndex {
 public:
  ~VectorIndex();
  VectorIndex(const VectorIndex&) = delete;
  VectorIndex& operator=(const VectorIndex&) = delete;

  /// Maps a file. Nothing if there is none, or it is not whole, or of another key.
  static std::unique_ptr<VectorIndex> open(const std::filesystem::path& file, const IndexKey& key);
  /// An index in memory, as IndexBuilder made it.
  static std::unique_ptr<VectorIndex> of_bytes(std::vector<std::byte> bytes, const IndexKey& key);

  std::size_t rows() const noexcept { return m_rows; }
  std::size_t bytes() const noexcept { return m_bytes.size(); }
  IndexRow row(std::size_t position) const;

  /// The clips of the index; clip_of() gives positions in it.
  std::span<const std::int64_t> clips() const noexcept { return m_clips; }
  std::size_t clip_of(std::size_t position) const;

  /// The scores of a unit query with all rows, in the order of the rows.
  /// @param threads  0: one per processor
  /// @returns nothing where a block is damaged
  std::optional<std::vector<RowScore>> scan(std::span<const float> query, int threads = 0) const;

 private:
  VectorIndex();
  bool read(const IndexKey& key);

  class Bytes;
  std::unique_ptr<Bytes> m_owner;
  std::span<const std::byte> m_bytes;
  std::span<const std::int64_t> m_clips;
  const std::uint64_t* m_hashes = nullptr;
  std::size_t m_rows = 0;
  std::size_t m_width = 0;
};

/// Takes rows one by one, by clip, and hands the bytes of the index on as they come.
class IndexBuilder {
 public:
  using Sink = std::function<void(std::span<const std::byte>)>;
  IndexBuilder(const IndexKey& key, Sink sink);
  ~IndexBuilder();
  IndexBuilder(const IndexBuilder&) = delete;
  IndexBuilder& operator=(const IndexBuilder&) = delete;

  /// @param vector  of the key's width
  void add(const IndexRow& row, std::span<const float> vector);
  /// The end of the file.
  void finish();

 private:
  void flush();

  struct Block;
  IndexKey m_key;
  Sink m_sink;
  std::unique_ptr<Block> m_block;
  std::vector<std::uint64_t> m_hashes;
  std::vector<std::int64_t> m_clips;
  std::size_t m_rows = 0;
};

}  // namespace vidcv
