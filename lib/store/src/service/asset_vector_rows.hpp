#pragma once

#include <vidcv/store/service_records.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace vidcv {

/// vidcv's record of a vector that it wrote to an asset.
struct VectorRecord {
  VectorRecord(std::int64_t model, bool is_blank) : model_id(model), blank(is_blank) {}

  std::int64_t model_id;
  bool blank;
};

/// By asset and SHA-256 of the blob: a blob that changed since finds nothing. Where several models gave the same blob
/// it is the first one's.
using VectorRecords = std::map<std::pair<std::string, std::string>, VectorRecord>;
VectorRecords vector_records_of(Database& database, const std::string& manifest_id);

/// Vectors of reference pictures under one model, by asset; none for model 0.
using OwnVectors = std::map<std::string, AssetVector>;
OwnVectors own_vectors_of(Database& database, const std::string& manifest_id, std::int64_t model_id);

/// Removes the vectors and the other pictures of an asset.
void forget_pictures(Database& database, const std::string& asset_id);

/// Removes what vidcv found by an asset's pictures.
void forget_matches(Database& database, const std::string& asset_id);

}  // namespace vidcv
