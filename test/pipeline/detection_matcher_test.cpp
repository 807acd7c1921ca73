#include "find/detection_matcher.hpp"
#include "find/scene_matches.hpp"

#include <vidcv/pipeline/embed_store.hpp>
#include <vidcv/pipeline/new_assets.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace vidcv;

TEST_CASE("the id that a detection has as an asset is computed once, however many assets there are", "[pipeline]")
{
  const std::string file = "/f/clip.mp4";
  std::vector<DetectionRecord> detections;
  for (int i = 0; i < 20; ++i) {
    detections.push_back({.frame_number = i, .box = {0, 0, 8, 8}, .label = "Car", .confidence = 0.9});
  }
  std::vector<AssetRecord> assets;
  for (int i = 0; i < 40; ++i) {
    AssetRecord asset;
    asset.id = asset.tag = std::to_string(i);
    asset.manifest_id = "m";
    asset.registered = true;
    assets.push_back(asset);
  }
  assets[30].id = new_asset_id("m", stored_path(file), detections[7]);
  assets[31].registered = false;
  assets[31].detection_class = "cAR";
  const MatchSettings settings;
  DetectionMatcher matcher(assets, settings);
  SceneMatches scene({}, detections);
  SceneResult result;
  result.clip.file = file;
  result.detections = detections;
  matcher.match(scene, result, std::vector<bool>(detections.size(), false));
  CHECK(matcher.ids_made() == detections.size());
  const std::vector<Sighting> seen = scene.sightings();
  CHECK(std::ranges::count(seen, std::size_t{30}, &Sighting::asset) == 1);
  CHECK(std::ranges::count(seen, std::size_t{31}, &Sighting::asset) == 20);
}
