#include <vidcv/pipeline/calibration_scores.hpp>

#include <vidcv/pipeline/asset_vectors.hpp>

#include <algorithm>
#include <map>

namespace vidcv {
namespace {

/// The vectors of each asset that has some, of all its pictures.
std::vector<std::vector<Embedding>> vectors_of_assets(Database& database, const std::string& manifest_id,
                                                      const MatchSettings& settings)
{
  const AssetsWithPictures known = assets_with_pictures(database, manifest_id, settings.model_id);
  std::map<std::string, std::vector<Embedding>> by_id;
  for (const AssetRecord& asset : known.assets) {
    const PictureVector own = picture_vector(asset, settings.model, settings.model_id);
    if (!own.blank && !own.vector.empty()) { by_id[asset.id].push_back(own.vector); }
  }
  for (const AssetPicture& picture : known.pictures) {
    if (!picture.blank && !picture.embedding.empty()) { by_id[picture.asset_id].push_back(picture.embedding); }
  }
  std::vector<std::vector<Embedding>> all;
  for (auto& [id, vectors] : by_id) { all.push_back(std::move(vectors)); }
  return all;
}

/// The best cosine of a picture with others; itself is not one of them.
double best_of(const Embedding& picture, const std::vector<Embedding>& others)
{
  double best = -1;
  for (const Embedding& other : others) {
    if (&other != &picture) { best = std::max(best, cosine(picture, other)); }
  }
  return best;
}

void leave_one_out(const std::vector<std::vector<Embedding>>& assets, CalibrationScores& scores)
{
  for (const std::vector<Embedding>& asset : assets) {
    if (asset.size() < 2) { continue; }
    for (const Embedding& picture : asset) {
      for (const std::vector<Embedding>& other : assets) {
        (&other == &asset ? scores.same : scores.other).push_back(best_of(picture, other));
      }
    }
  }
}

}  // namespace

CalibrationScores calibration_scores(Database& database, const ProjectClips& part, MatchSettings settings)
{
  settings.all_scores = true;
  CalibrationScores scores;
  AppearanceFinder finder(database, part.project.manifest_id, settings);
  finder.take_impostors(part.clips);
  for (const SceneClip& clip : part.clips) {
    const auto result = finder.examine(clip);
    if (!result) { continue; }
    std::map<std::string, const SeenAsset*> best;  // by tag
    for (const SeenAsset& seen : result->seen) {
      if (seen.row.source != k_clip_match) { continue; }
      const SeenAsset*& known = best.try_emplace(seen.tag, &seen).first->second;
      if (seen.row.confidence > known->row.confidence) { known = &seen; }
    }
    for (const auto& [tag, seen] : best) {
      scores.pairs.push_back(seen->row.confidence);
      const double threshold = settings.threshold_of(tag, &SourceThresholds::clip, settings.threshold);
      const bool is_distinct = seen->row.distinctness.value_or(1) >= settings.least_distinctness;
      scores.pairs_in_force += seen->row.confidence >= threshold && is_distinct ? 1 : 0;
    }
  }
  leave_one_out(vectors_of_assets(database, part.project.manifest_id, settings), scores);
  return scores;
}

}  // namespace vidcv
