#pragma once

#include <vidcv/pipeline/appear.hpp>
#include <vidcv/pipeline/sample_clip.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace vidcv {

/// The id of the asset that is made of a detection: the same detection never makes two.
/// @param path  stored_path() of its file
std::string new_asset_id(const std::string& manifest_id, const std::string& path, const DetectionRecord& detection);

/// An asset that was made, and the detection that it was made of.
struct RegisteredAsset {
  NewAsset asset;
  std::string tag;
  std::filesystem::path file;
  DetectionRecord detection;
};

struct NewAssetJob {
  std::string manifest_id;
  double quality_gate = 5;       ///< what is to become an asset must be better, 0 to 10
  std::filesystem::path folder;  ///< of the pictures; made if it is not there
  DecodeOptions decode;
  std::function<void(const RegisteredAsset&)> done;
  std::function<void(const InputError&)> failed;
  std::function<bool()> stopping;  ///< asked before each file; true ends the run
};

/// Makes assets of those detections that are none: the best first, and of several that show the same thing one alone.
/// Two are the same if their pictures are as like as `settings` ask for, or without pictures their faces; where nothing
/// can be compared, if they are of one class. What is in the box is written as PNG first, then the asset as one
/// transaction.
/// @param looks  of scenes of one manifest
/// @throws StoreError
void register_assets(Database& database, const std::vector<SceneResult>& scenes, const MatchSettings& settings,
                     const NewAssetJob& job);

}  // namespace vidcv
