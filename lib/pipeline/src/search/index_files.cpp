#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/identity.hpp>
#include <vidcv/pipeline/vector_search.hpp>

#include "search/index_files.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

std::size_t build(Database& database, const StoredModel& model, const IndexKey& key, IndexBuilder::Sink sink)
{
  IndexBuilder builder(key, std::move(sink));
  std::size_t rows = 0;
  each_vector(database, model.id, [&](const VectorRow& row) {
    builder.add({row.frame_id, row.region_id, row.media_id, row.timestamp_s}, row.vector);
    ++rows;
  });
  builder.finish();
  return rows;
}

}  // namespace

fs::path index_file(const fs::path& database, const StoredModel& model)
{
  fs::path file = database;
  file += fmt::format(".vectors-{:016x}", stable_hash(model.fingerprint + "/" + model.precision));
  return file;
}

IndexKey index_key(const StoredModel& model, std::int64_t generation)
{
  return {model.fingerprint + "/" + model.precision, generation, model.dim};
}

std::size_t build_index_file(Database& database, const StoredModel& model, const IndexKey& key)
{
  const fs::path file = index_file(database.path(), model);
  remove_stale_parts(file);
  std::size_t rows = 0;
  replace_file(file, [&](const fs::path& part) {
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    rows = build(database, model, key, [&](std::span<const std::byte> bytes) {
      out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    });
    out.close();
    if (!out) { throw StoreError(file.native(), "write", system_cause(errno)); }
  });
  return rows;
}

std::vector<std::byte> build_index_bytes(Database& database, const StoredModel& model, const IndexKey& key)
{
  std::vector<std::byte> all;
  build(database, model, key,
        [&](std::span<const std::byte> bytes) { all.insert(all.end(), bytes.begin(), bytes.end()); });
  return all;
}

std::size_t write_index(Database& database, const StoredModel& model)
{
  const ReadTransaction one_moment(database);
  return build_index_file(database, model, index_key(model, vectors_generation(database)));
}

}  // namespace vidcv
