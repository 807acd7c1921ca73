#include "derived.hpp"
#include "registered.hpp"
#include "statement.hpp"
#include "vector_check.hpp"

#include <vidcv/core/identity.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/store/service_records.hpp>

#include <fmt/format.h>

#include <map>

namespace vidcv {
namespace {

/// vidcv's record of a vector that it wrote to an asset.
struct VectorRecord {
  std::int64_t model_id = 0;
  bool blank = false;
};

/// By asset and SHA-256 of the blob: a blob that changed since finds nothing.
using VectorRecords = std::map<std::pair<std::string, std::string>, VectorRecord>;

VectorRecords vector_records_of(Database& database, const std::string& manifest_id)
{
  VectorRecords records;
  Statement row(database, R"(
    SELECT v.asset_id, v.sha256, v.model_id, v.blank
    FROM vidcv_asset_vectors v JOIN assets a ON a.id = v.asset_id WHERE a.manifest_id = ?1)");
  row.bind(manifest_id);
  while (row.next()) { records[{row.text(0), row.text(1)}] = {row.integer(2), row.integer(3) != 0}; }
  return records;
}

constexpr const char* k_asset_columns =
    "SELECT id, manifest_id, manifest_tag, reference_image_url, clip_embedding, nullif(crop_bbox, 'null'), "
    "detection_class, face_embedding, source FROM assets ";

/// A row of k_asset_columns.
AssetRecord asset_in(Statement& row, const VectorRecords& records)
{
  const auto blob = row.blob(4);
  AssetRecord asset{.id = row.text(0),
                    .manifest_id = row.text(1),
                    .tag = row.text(2),
                    .picture = row.text(3),
                    .embedding = from_blob(blob),
                    .has_blob = !row.is_null(4),
                    .model_id = {},
                    .crop = row.text(5),
                    .detection_class = row.text(6),
                    .face = from_blob(row.blob(7)),
                    .registered = row.text(8) == k_registered_source};
  if (!asset.has_blob || records.empty()) { return asset; }
  const auto record = records.find({asset.id, sha256_hex(blob)});
  if (record != records.end()) {
    asset.model_id = record->second.model_id;
    asset.blank = record->second.blank;
  }
  return asset;
}

std::optional<AssetRecord> find_asset(Database& database, const std::string& manifest_id, const std::string& tag)
{
  Statement row(database, std::string(k_asset_columns) +
                              "WHERE manifest_id = ?1 AND manifest_tag = ?2 ORDER BY sort_order, rowid LIMIT 1");
  if (!row.bind(manifest_id, tag).next()) { return std::nullopt; }
  return asset_in(row, {});
}

void forget_vectors(Database& database, const std::string& asset_id)
{
  Statement(database, "DELETE FROM vidcv_asset_vectors WHERE asset_id = ?1").run(asset_id);
  Statement(database, "DELETE FROM vidcv_asset_pictures WHERE asset_id = ?1").run(asset_id);
}

void add_asset(Database& database, const std::string& manifest_id, const std::string& tag, const std::string& picture)
{
  Statement(database, R"(
    INSERT INTO assets (id, manifest_id, asset_type, name, manifest_tag, reference_image_url, source, sort_order,
      created_at, is_face_crop)
    VALUES (?1, ?2, 'OBJECT', ?3, ?3, ?4, 'uploaded',
      (SELECT coalesce(max(sort_order) + 1, 0) FROM assets WHERE manifest_id = ?2), datetime('now'), 0))")
      .run(id_for(database, "assets", "asset\n" + manifest_id + "\n" + tag), manifest_id, tag, picture);
}

void replace_picture(Database& database, const std::string& asset_id, const std::string& picture)
{
  Statement(database, "UPDATE assets SET reference_image_url = ?2, clip_embedding = NULL WHERE id = ?1")
      .run(asset_id, picture);
  forget_vectors(database, asset_id);
}

/// Those that the asset does not have.
void insert_pictures(Database& database, const AssetRecord& asset, const std::vector<std::string>& pictures)
{
  Statement row(database, "INSERT OR IGNORE INTO vidcv_asset_pictures (asset_id, picture) VALUES (?1, ?2)");
  for (const std::string& picture : pictures) {
    if (picture != asset.picture) { row.run(asset.id, picture); }
  }
}

void require_no_parts(Database& database, const AssetRecord& asset)
{
  Statement part(database, "SELECT manifest_tag FROM assets WHERE source_asset_id = ?1 AND id <> ?1 LIMIT 1");
  if (!part.bind(asset.id).next()) { return; }
  throw InputError(asset.tag, "store", part.text(0) + " was made from it (source_asset_id): remove that one first");
}

void remove_one(Database& database, const std::string& asset_id)
{
  forget_vectors(database, asset_id);
  Statement(database, R"(
    DELETE FROM vidcv_appearances WHERE appearance_id IN (SELECT id FROM asset_appearances WHERE asset_id = ?1))")
      .run(asset_id);
  Statement(database, "DELETE FROM asset_appearances WHERE asset_id = ?1").run(asset_id);
  Statement(database, "DELETE FROM assets WHERE id = ?1").run(asset_id);
}

void write_vector(Database& database, const AssetRecord& asset, std::span<const std::byte> blob)
{
  Statement asset_row(database, R"(
    UPDATE assets SET clip_embedding = ?2 WHERE id = ?1 AND coalesce(reference_image_url, '') = ?3)");
  if (asset_row.run(asset.id, blob, asset.picture) == 0) {
    throw InputError(asset.tag, "store", "the asset was removed or got another picture meanwhile: run again");
  }
}

void record_vector(Database& database, const std::string& asset_id, const std::string& picture,
                   std::span<const std::byte> blob, std::int64_t model_id, bool blank)
{
  Statement(database, R"(
    INSERT INTO vidcv_asset_vectors (asset_id, picture, model_id, embedding, sha256, blank)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    ON CONFLICT (asset_id, picture, model_id) DO UPDATE SET embedding = excluded.embedding, sha256 = excluded.sha256,
      blank = excluded.blank)")
      .run(asset_id, picture, model_id, blob, sha256_hex(blob), blank);
}

}  // namespace

void count_assets(Database& database, const std::string& manifest_id)
{
  Statement(database, R"(
    UPDATE manifests SET asset_count = (SELECT count(*) FROM assets WHERE manifest_id = ?1) WHERE id = ?1)")
      .run(manifest_id);
}

std::vector<AssetRecord> assets_of(Database& database, const std::string& manifest_id)
{
  const VectorRecords records = vector_records_of(database, manifest_id);
  std::vector<AssetRecord> assets;
  Statement row(database,
                std::string(k_asset_columns) + "WHERE manifest_id = ?1 ORDER BY sort_order, manifest_tag, rowid");
  row.bind(manifest_id);
  while (row.next()) { assets.push_back(asset_in(row, records)); }
  return assets;
}

AssetRecord put_asset(Database& database, const std::string& manifest_id, const std::string& tag,
                      const std::string& picture, const std::vector<std::string>& others)
{
  WriteTransaction transaction(database);
  if (const auto known = find_asset(database, manifest_id, tag)) {
    replace_picture(database, known->id, picture);
  } else {
    add_asset(database, manifest_id, tag, picture);
    count_assets(database, manifest_id);
  }
  AssetRecord asset = find_asset(database, manifest_id, tag).value();
  insert_pictures(database, asset, others);
  transaction.commit();
  return asset;
}

AssetRecord add_pictures(Database& database, const std::string& manifest_id, const std::string& tag,
                         const std::vector<std::string>& pictures)
{
  WriteTransaction transaction(database);
  const auto asset = find_asset(database, manifest_id, tag);
  if (!asset) { throw InputError(tag, "store", "the project has no asset of that tag"); }
  insert_pictures(database, *asset, pictures);
  transaction.commit();
  return *asset;
}

std::vector<AssetPicture> pictures_of(Database& database, const std::string& manifest_id, std::int64_t model_id)
{
  Statement row(database, R"(
    SELECT p.asset_id, p.picture, v.embedding, coalesce(v.blank, 0)
    FROM vidcv_asset_pictures p JOIN assets a ON a.id = p.asset_id
    LEFT JOIN vidcv_asset_vectors v ON v.asset_id = p.asset_id AND v.picture = p.picture AND v.model_id = ?2
    WHERE a.manifest_id = ?1 ORDER BY p.id)");
  row.bind(manifest_id, model_id);
  const std::int64_t dim = dim_of_model(database, model_id);
  std::vector<AssetPicture> pictures;
  while (row.next()) {
    pictures.push_back({row.text(0), row.text(1), from_blob(row.blob(2)), row.integer(3) != 0});
    if (vector_fault(pictures.back().embedding, dim)) { pictures.back().embedding.clear(); }
  }
  return pictures;
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

void save_picture_vector(Database& database, const AssetPicture& picture, std::int64_t model_id)
{
  if (const auto fault = vector_fault(picture.embedding, dim_of_model(database, model_id))) {
    throw StoreError(database.path().string(), "store", fmt::format("{}: {}", one_line(picture.picture), *fault));
  }
  WriteTransaction transaction(database);
  record_vector(database, picture.asset_id, picture.picture, to_blob(picture.embedding), model_id, picture.blank);
  transaction.commit();
}

bool remove_asset(Database& database, const std::string& manifest_id, const std::string& tag)
{
  WriteTransaction transaction(database);
  bool removed = false;
  while (const auto asset = find_asset(database, manifest_id, tag)) {
    require_no_parts(database, *asset);
    remove_one(database, asset->id);
    removed = true;
  }
  if (removed) { count_assets(database, manifest_id); }
  transaction.commit();
  return removed;
}

void save_asset_vector(Database& database, const AssetRecord& asset, const Embedding& embedding, std::int64_t model_id,
                       bool blank)
{
  if (const auto fault = vector_fault(embedding, dim_of_model(database, model_id))) {
    throw StoreError(database.path().string(), "store", fmt::format("asset {}: {}", one_line(asset.tag), *fault));
  }
  const auto blob = to_blob(embedding);
  WriteTransaction transaction(database);
  write_vector(database, asset, blob);
  record_vector(database, asset.id, asset.picture, blob, model_id, blank);
  transaction.commit();
}

}  // namespace vidcv
