#include "database/derived.hpp"
#include "database/statement.hpp"
#include "schema/schema_snapshot.hpp"
#include "service/asset_vector_rows.hpp"
#include "service/registered.hpp"

#include <vidcv/core/identity.hpp>
#include <vidcv/store/service_records.hpp>

#include <set>

namespace vidcv {
namespace {

constexpr const char* k_asset_columns =
    "SELECT id, manifest_id, manifest_tag, reference_image_url, clip_embedding, nullif(crop_bbox, 'null'), "
    "detection_class, face_embedding, source FROM assets ";

/// A row of k_asset_columns.
AssetRecord asset_in(Statement& row, const VectorRecords& records, const OwnVectors& own)
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
  if (const auto vector = own.find(asset.id); vector != own.end()) { asset.own = vector->second; }
  if (!asset.has_blob || records.empty()) { return asset; }
  const auto record = records.find({asset.id, sha256_hex(blob)});
  if (record != records.end()) {
    asset.model_id = record->second.model_id;
    asset.blank = record->second.blank;
  }
  return asset;
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
  forget_pictures(database, asset_id);
  forget_matches(database, asset_id);
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
  forget_pictures(database, asset_id);
  Statement(database, R"(
    DELETE FROM vidcv_appearances WHERE appearance_id IN (SELECT id FROM asset_appearances WHERE asset_id = ?1))")
      .run(asset_id);
  Statement(database, "DELETE FROM asset_appearances WHERE asset_id = ?1").run(asset_id);
  Statement(database, "DELETE FROM assets WHERE id = ?1").run(asset_id);
}

}  // namespace

void count_assets(Database& database, const std::string& manifest_id)
{
  Statement(database, R"(
    UPDATE manifests SET asset_count = (SELECT count(*) FROM assets WHERE manifest_id = ?1) WHERE id = ?1)")
      .run(manifest_id);
}

bool has_assets(Database& database)
{
  if (SchemaSnapshot(database).find("assets") == nullptr) { return false; }
  return Statement(database, "SELECT 1 FROM assets LIMIT 1").next();
}

bool has_assets(Database& database, const std::string& manifest_id)
{
  return Statement(database, "SELECT 1 FROM assets WHERE manifest_id = ?1 LIMIT 1").bind(manifest_id).next();
}

std::optional<AssetRecord> find_asset(Database& database, const std::string& manifest_id, const std::string& tag)
{
  Statement row(database, std::string(k_asset_columns) +
                              "WHERE manifest_id = ?1 AND manifest_tag = ?2 ORDER BY sort_order, rowid LIMIT 1");
  if (!row.bind(manifest_id, tag).next()) { return std::nullopt; }
  return asset_in(row, {}, {});
}

std::vector<AssetRecord> assets_of(Database& database, const std::string& manifest_id, std::int64_t model_id)
{
  const VectorRecords records = vector_records_of(database, manifest_id);
  const OwnVectors own = own_vectors_of(database, manifest_id, model_id);
  std::vector<AssetRecord> assets;
  Statement row(database,
                std::string(k_asset_columns) + "WHERE manifest_id = ?1 ORDER BY sort_order, manifest_tag, rowid");
  row.bind(manifest_id);
  while (row.next()) { assets.push_back(asset_in(row, records, own)); }
  return assets;
}

bool has_pictures(Database& database, const AssetRecord& asset, const std::string& picture,
                  const std::vector<std::string>& others)
{
  std::set<std::string> wanted(others.begin(), others.end());
  wanted.erase(picture);
  std::set<std::string> there;
  for (const auto& [other, embedded] : other_pictures(database, asset.id)) { there.insert(other); }
  return asset.picture == picture && there == wanted;
}

AssetRecord put_asset(Database& database, const std::string& manifest_id, const std::string& tag,
                      const std::string& picture, const std::vector<std::string>& others)
{
  WriteTransaction transaction(database);
  if (const auto known = find_asset(database, manifest_id, tag)) {
    if (has_pictures(database, *known, picture, others)) { return *known; }
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

}  // namespace vidcv
