#include "database/statement.hpp"
#include "database/vector_check.hpp"
#include "service/asset_vector_rows.hpp"

#include <vidcv/core/identity.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>

namespace vidcv {
namespace {

/// One picture of one asset.
struct PictureKey {
  const std::string& asset_id;
  const std::string& picture;
};

/// Four columns from `first` on; nothing where a program of schema 6 or older left them empty.
std::optional<PictureStamp> stamp_in(Statement& row, int first)
{
  if (row.is_null(first)) { return std::nullopt; }
  return PictureStamp{row.integer(first), row.integer(first + 1), row.text(first + 2), row.text(first + 3)};
}

void put_vector(Database& database, const PictureKey& key, std::int64_t model_id, std::span<const std::byte> blob,
                const AssetVector& vector)
{
  const auto& stamp = vector.made_of;
  const auto size = stamp ? std::optional(stamp->size) : std::nullopt;
  const auto mtime = stamp ? std::optional(stamp->mtime_ns) : std::nullopt;
  const auto hash = stamp ? std::optional(stamp->content_hash) : std::nullopt;
  const auto crop = stamp ? std::optional(stamp->crop) : std::nullopt;
  Statement(database, R"(
    INSERT INTO vidcv_asset_vectors (asset_id, picture, model_id, embedding, sha256, blank, size, mtime_ns,
      content_hash, crop, detail)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
    ON CONFLICT (asset_id, picture, model_id) DO UPDATE SET embedding = excluded.embedding, sha256 = excluded.sha256,
      blank = excluded.blank, size = excluded.size, mtime_ns = excluded.mtime_ns, content_hash = excluded.content_hash,
      crop = excluded.crop, detail = excluded.detail)")
      .run(key.asset_id, key.picture, model_id, blob, sha256_hex(blob), vector.blank, size, mtime, hash, crop,
           vector.detail);
}

/// Vectors of what the picture was before. What a model found stays while it has a vector of another picture of the
/// asset. An appearance is kept until its scene is examined again.
void forget_other_content(Database& database, const PictureKey& key, const std::optional<PictureStamp>& now)
{
  if (!now) { return; }
  const int gone = Statement(database, R"(
    DELETE FROM vidcv_asset_vectors WHERE asset_id = ?1 AND picture = ?2 AND (content_hash <> ?3 OR crop <> ?4))")
                       .run(key.asset_id, key.picture, now->content_hash, now->crop);
  if (gone == 0) { return; }
  Statement(database, R"(
    DELETE FROM vidcv_findings
    WHERE appearance_id IN (SELECT id FROM asset_appearances WHERE asset_id = ?1)
      AND NOT EXISTS (SELECT 1 FROM vidcv_asset_vectors v
                      WHERE v.asset_id = ?1 AND v.model_id = vidcv_findings.model_id))")
      .run(key.asset_id);
}

constexpr std::int64_t k_nobody_knows = 0;

/// The model that made the vector in the service's column; nothing where it is empty.
std::optional<std::int64_t> column_owner(Database& database, const AssetRecord& asset)
{
  Statement column(database, "SELECT clip_embedding FROM assets WHERE id = ?1");
  if (!column.bind(asset.id).next() || column.is_null(0)) { return std::nullopt; }
  Statement record(database,
                   "SELECT model_id FROM vidcv_asset_vectors WHERE asset_id = ?1 AND sha256 = ?2 ORDER BY model_id");
  return record.bind(asset.id, sha256_hex(column.blob(0))).next() ? record.integer(0) : k_nobody_knows;
}

bool has_vector(Database& database, const PictureKey& key, std::int64_t model_id)
{
  Statement row(database, "SELECT 1 FROM vidcv_asset_vectors WHERE asset_id = ?1 AND picture = ?2 AND model_id = ?3");
  return row.bind(key.asset_id, key.picture, model_id).next();
}

void write_column(Database& database, const AssetRecord& asset, std::span<const std::byte> blob)
{
  Statement(database, "UPDATE assets SET clip_embedding = ?2 WHERE id = ?1").run(asset.id, blob);
}

void require_picture(Database& database, const AssetRecord& asset)
{
  Statement row(database, "SELECT 1 FROM assets WHERE id = ?1 AND coalesce(reference_image_url, '') = ?2");
  if (!row.bind(asset.id, asset.picture).next()) {
    throw InputError(asset.tag, "store", "the asset was removed or got another picture meanwhile: run again");
  }
}

}  // namespace

VectorRecords vector_records_of(Database& database, const std::string& manifest_id)
{
  VectorRecords records;
  Statement row(database, R"(
    SELECT v.asset_id, v.sha256, v.model_id, v.blank
    FROM vidcv_asset_vectors v JOIN assets a ON a.id = v.asset_id WHERE a.manifest_id = ?1 ORDER BY v.model_id)");
  row.bind(manifest_id);
  while (row.next()) { records.try_emplace({row.text(0), row.text(1)}, row.integer(2), row.integer(3) != 0); }
  return records;
}

OwnVectors own_vectors_of(Database& database, const std::string& manifest_id, std::int64_t model_id)
{
  OwnVectors vectors;
  if (model_id == 0) { return vectors; }
  const std::int64_t dim = dim_of_model(database, model_id);
  Statement row(database, R"(
    SELECT v.asset_id, v.embedding, v.blank, v.size, v.mtime_ns, v.content_hash, v.crop, v.detail
    FROM vidcv_asset_vectors v JOIN assets a ON a.id = v.asset_id AND coalesce(a.reference_image_url, '') = v.picture
    WHERE a.manifest_id = ?1 AND v.model_id = ?2)");
  row.bind(manifest_id, model_id);
  while (row.next()) {
    AssetVector vector{from_blob(row.blob(1)), row.integer(2) != 0, stamp_in(row, 3), row.optional_number(7)};
    if (vector_fault(vector.embedding, dim)) { vector.embedding.clear(); }
    vectors[row.text(0)] = std::move(vector);
  }
  return vectors;
}

void forget_pictures(Database& database, const std::string& asset_id)
{
  Statement(database, "DELETE FROM vidcv_asset_vectors WHERE asset_id = ?1").run(asset_id);
  Statement(database, "DELETE FROM vidcv_asset_pictures WHERE asset_id = ?1").run(asset_id);
}

std::int64_t count_matches(Database& database, const std::string& asset_id)
{
  Statement row(database, R"(
    SELECT count(*) FROM asset_appearances a JOIN vidcv_appearances v ON v.appearance_id = a.id
    WHERE a.asset_id = ?1 AND v.model_id IS NOT NULL)");
  row.bind(asset_id).next();
  return row.integer(0);
}

void forget_matches(Database& database, const std::string& asset_id)
{
  Statement(database, R"(
    DELETE FROM asset_appearances WHERE asset_id = ?1
      AND id IN (SELECT appearance_id FROM vidcv_appearances WHERE model_id IS NOT NULL))")
      .run(asset_id);
  execute(database, R"(
    DELETE FROM vidcv_appearances
    WHERE NOT EXISTS (SELECT 1 FROM asset_appearances a WHERE a.id = appearance_id))");
}

std::vector<AssetPicture> pictures_of(Database& database, const std::string& manifest_id, std::int64_t model_id)
{
  Statement row(database, R"(
    SELECT p.asset_id, p.picture, v.embedding, coalesce(v.blank, 0), v.size, v.mtime_ns, v.content_hash,
      v.crop, v.detail
    FROM vidcv_asset_pictures p JOIN assets a ON a.id = p.asset_id
    LEFT JOIN vidcv_asset_vectors v ON v.asset_id = p.asset_id AND v.picture = p.picture AND v.model_id = ?2
    WHERE a.manifest_id = ?1 ORDER BY p.id)");
  row.bind(manifest_id, model_id);
  const std::int64_t dim = dim_of_model(database, model_id);
  std::vector<AssetPicture> pictures;
  while (row.next()) {
    pictures.push_back({row.text(0), row.text(1), from_blob(row.blob(2)), row.integer(3) != 0, stamp_in(row, 4),
                        row.optional_number(8)});
    if (vector_fault(pictures.back().embedding, dim)) { pictures.back().embedding.clear(); }
  }
  return pictures;
}

AssetsWithPictures assets_with_pictures(Database& database, const std::string& manifest_id, std::int64_t model_id)
{
  const ReadTransaction one_moment(database);
  AssetsWithPictures all{assets_of(database, manifest_id, model_id), {}};
  if (model_id != 0) { all.pictures = pictures_of(database, manifest_id, model_id); }
  return all;
}

std::vector<std::pair<std::string, bool>> other_pictures(Database& database, const std::string& asset_id)
{
  Statement row(database, R"(
    SELECT p.picture, EXISTS (SELECT 1 FROM vidcv_asset_vectors v WHERE v.asset_id = p.asset_id AND v.picture = p.picture)
    FROM vidcv_asset_pictures p WHERE p.asset_id = ?1 ORDER BY p.id)");
  row.bind(asset_id);
  std::vector<std::pair<std::string, bool>> pictures;
  while (row.next()) { pictures.emplace_back(row.text(0), row.integer(1) != 0); }
  return pictures;
}

bool has_vector(Database& database, const std::string& asset_id, const std::string& picture)
{
  Statement row(database, "SELECT 1 FROM vidcv_asset_vectors WHERE asset_id = ?1 AND picture = ?2 LIMIT 1");
  return row.bind(asset_id, picture).next();
}

void save_picture_vector(Database& database, const AssetPicture& picture, std::int64_t model_id)
{
  if (const auto fault = vector_fault(picture.embedding, dim_of_model(database, model_id))) {
    throw StoreError(database.path().string(), "store", fmt::format("{}: {}", one_line(picture.picture), *fault));
  }
  const PictureKey key{picture.asset_id, picture.picture};
  WriteTransaction transaction(database);
  forget_other_content(database, key, picture.made_of);
  put_vector(database, key, model_id, to_blob(picture.embedding), {{}, picture.blank, picture.made_of, picture.detail});
  transaction.commit();
}

void save_asset_vector(Database& database, const AssetRecord& asset, const AssetVector& vector, std::int64_t model_id,
                       Column column)
{
  if (const auto fault = vector_fault(vector.embedding, dim_of_model(database, model_id))) {
    throw StoreError(database.path().string(), "store", fmt::format("asset {}: {}", one_line(asset.tag), *fault));
  }
  const auto blob = to_blob(vector.embedding);
  const PictureKey key{asset.id, asset.picture};
  WriteTransaction transaction(database);
  require_picture(database, asset);
  const auto owner = column_owner(database, asset);
  forget_other_content(database, key, vector.made_of);
  const bool is_free = !owner || *owner == model_id || (*owner != k_nobody_knows && !has_vector(database, key, *owner));
  if (column == Column::take || is_free) { write_column(database, asset, blob); }
  put_vector(database, key, model_id, blob, vector);
  transaction.commit();
}

void restamp_picture(Database& database, const std::string& asset_id, const std::string& picture, std::int64_t model_id,
                     const PictureStamp& now)
{
  WriteTransaction transaction(database);
  Statement(database, R"(
    UPDATE vidcv_asset_vectors SET size = ?4, mtime_ns = ?5, content_hash = ?6, crop = ?7
    WHERE asset_id = ?1 AND picture = ?2 AND model_id = ?3)")
      .run(asset_id, picture, model_id, now.size, now.mtime_ns, now.content_hash, now.crop);
  transaction.commit();
}

}  // namespace vidcv
