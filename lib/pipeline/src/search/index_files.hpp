#pragma once

#include <vidcv/pipeline/vector_search.hpp>

#include <cstddef>
#include <vector>

namespace vidcv {

IndexKey index_key(const StoredModel& model, std::int64_t generation);

/// Within a read transaction: the vectors are those of the key's generation.
/// @throws StoreError if the file cannot be written
std::size_t build_index_file(Database& database, const StoredModel& model, const IndexKey& key);
std::vector<std::byte> build_index_bytes(Database& database, const StoredModel& model, const IndexKey& key);

}  // namespace vidcv
