#include "service/registered.hpp"

#include "database/statement.hpp"

#include <vidcv/core/text.hpp>
#include <vidcv/store/service_records.hpp>

#include <algorithm>

namespace vidcv {
namespace {

constexpr std::size_t k_longest_stem = 40;  // of a tag, which has 50 characters at most

/// The class in capitals, other signs of ASCII as `_`, cut off between two characters.
std::string tag_stem(const std::string& label)
{
  std::string stem = label.empty() ? "DETECTION" : label;
  std::ranges::transform(stem, stem.begin(), [](char c) {
    if (c >= 'a' && c <= 'z') { return static_cast<char>(c - 'a' + 'A'); }
    const bool stays = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c < 0;  // below 0: not ASCII
    return stays ? c : '_';
  });
  std::size_t end = std::min(stem.size(), k_longest_stem);
  const auto continues = [&](std::size_t at) { return (static_cast<unsigned char>(stem[at]) & 0xC0U) == 0x80U; };
  while (end < stem.size() && end > 0 && continues(end)) { --end; }
  return stem.substr(0, end);
}

std::string free_tag(Database& database, const NewAsset& asset)
{
  const std::string stem = tag_stem(asset.label);
  Statement taken(database, "SELECT 1 FROM assets WHERE manifest_id = ?1 AND manifest_tag = ?2");
  for (int number = 1;; ++number) {
    std::string tag = stem + "_" + std::to_string(number);
    if (!taken.bind(asset.manifest_id, tag).next()) { return tag; }
  }
}

bool is_there(Database& database, const std::string& asset_id)
{
  Statement known(database, "SELECT 1 FROM assets WHERE id = ?1");
  return known.bind(asset_id).next();
}

void insert(Database& database, const NewAsset& asset, const std::string& tag)
{
  const auto face = asset.face.empty() ? std::nullopt : std::optional(to_blob(asset.face));
  Statement(database, R"(
    INSERT INTO assets (id, manifest_id, asset_type, name, manifest_tag, reference_image_url, description, source,
      sort_order, created_at, detection_class, detection_confidence, is_face_crop, crop_bbox, face_embedding,
      quality_score, source_asset_id)
    VALUES (?1, ?2, 'OBJECT', ?3, ?4, ?5, ?6, ?7,
      (SELECT coalesce(max(sort_order) + 1, 0) FROM assets WHERE manifest_id = ?2), datetime('now'), ?3, ?8, ?9, ?10,
      ?11, ?12, ?13))")
      .run(asset.id, asset.manifest_id, asset.label, tag, asset.picture, asset.description,
           std::string(k_registered_source), asset.confidence, same_word(asset.label, "face"), asset.crop, face,
           asset.quality, text_or_null(asset.parent_id));
}

}  // namespace

std::optional<std::string> register_asset(Database& database, const NewAsset& asset)
{
  WriteTransaction transaction(database);
  if (is_there(database, asset.id)) { return std::nullopt; }
  std::string tag = free_tag(database, asset);
  insert(database, asset, tag);
  count_assets(database, asset.manifest_id);
  transaction.commit();
  return tag;
}

}  // namespace vidcv
