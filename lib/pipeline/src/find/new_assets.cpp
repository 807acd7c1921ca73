#include <vidcv/pipeline/new_assets.hpp>

#include <vidcv/core/files.hpp>
#include <vidcv/core/identity.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/media/picture_writer.hpp>
#include <vidcv/pipeline/asset_vectors.hpp>
#include <vidcv/pipeline/embed_store.hpp>
#include <vidcv/pipeline/plan_memory.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

/// What tells a thing from others.
struct Thing {
  std::string label;
  Embedding picture;
  Embedding face;
};

bool is_same(const Thing& a, const Thing& b, const MatchSettings& settings)
{
  const auto alike = [](const Embedding& x, const Embedding& y, double least) { return cosine(x, y) >= least; };
  const auto comparable = [](const Embedding& x, const Embedding& y) { return !x.empty() && x.size() == y.size(); };
  if (comparable(a.picture, b.picture)) { return alike(a.picture, b.picture, settings.threshold); }
  if (comparable(a.face, b.face)) { return alike(a.face, b.face, settings.face_threshold); }
  return same_word(a.label, b.label);
}

/// A detection that may become an asset.
struct Candidate {
  std::size_t position = 0;  // in the order of the scenes
  const SceneResult* scene = nullptr;
  const DetectionRecord* detection = nullptr;
  std::string id;
};

std::vector<Candidate> candidates(const std::vector<SceneResult>& scenes, const NewAssetJob& job)
{
  std::vector<Candidate> found;
  for (const SceneResult& scene : scenes) {
    for (const std::size_t i : scene.unmatched) {
      const DetectionRecord& detection = scene.detections[i];
      if (detection.quality <= job.quality_gate) { continue; }
      found.push_back(
          {found.size(), &scene, &detection, new_asset_id(job.manifest_id, stored_path(scene.clip.file), detection)});
    }
  }
  std::ranges::sort(found, {}, [](const Candidate& c) { return std::pair(-c.detection->quality, c.position); });
  return found;
}

/// Those that are neither there already nor the same thing as one that is.
std::vector<Candidate> new_things(Database& database, const std::vector<SceneResult>& scenes,
                                  const MatchSettings& settings, const NewAssetJob& job)
{
  std::set<std::string> ids;
  std::vector<Thing> known;
  for (const AssetRecord& asset : assets_of(database, job.manifest_id, settings.model_id)) {
    ids.insert(asset.id);
    if (!asset.registered) { continue; }
    const PictureVector own = picture_vector(asset, settings.model, settings.model_id);
    known.push_back({asset.detection_class, own.blank ? Embedding() : own.vector, asset.face});
  }
  std::vector<Candidate> chosen;
  for (const Candidate& candidate : candidates(scenes, job)) {
    const DetectionRecord& seen = *candidate.detection;
    const Thing thing{seen.label, seen.embedding, seen.face};
    const bool is_known = std::ranges::any_of(known, [&](const Thing& k) { return is_same(k, thing, settings); });
    if (is_known || !ids.insert(candidate.id).second) { continue; }
    known.push_back(thing);
    chosen.push_back(candidate);
  }
  return chosen;
}

/// The asset of the highest confidence seen in the same frame whose box contains this one.
std::string parent_of(const Candidate& candidate)
{
  const Box& part = candidate.detection->box;
  for (const SeenAsset& seen : candidate.scene->seen) {  // by frame, then confidence
    const bool same_frame = seen.row.frame_number == candidate.detection->frame_number;
    const bool contains = !seen.box || (seen.box->x1 <= part.x1 && seen.box->y1 <= part.y1 && seen.box->x2 >= part.x2 &&
                                        seen.box->y2 >= part.y2);
    if (same_frame && contains) { return seen.row.asset_id; }
  }
  return {};
}

RegisteredAsset asset_of(const Candidate& candidate, const NewAssetJob& job)
{
  const DetectionRecord& seen = *candidate.detection;
  RegisteredAsset made{.asset = {}, .tag = {}, .file = candidate.scene->clip.file, .detection = seen};
  made.asset = {.id = candidate.id,
                .manifest_id = job.manifest_id,
                .label = seen.label,
                .picture = absolute_path(job.folder / (candidate.id + ".png")),
                .crop = box_text(seen.box),
                .description = fmt::format("{} in frame {} ({:.3f} s) of {}", seen.label, seen.frame_number,
                                           seen.timestamp_s, stored_path(candidate.scene->clip.file)),
                .parent_id = parent_of(candidate),
                .confidence = seen.confidence,
                .quality = seen.quality,
                .face = seen.face};
  return made;
}

/// Registers those of one file: one pass over it for their pictures.
void register_of_file(Database& database, const fs::path& file, std::vector<RegisteredAsset> assets,
                      const NewAssetJob& job)
{
  DecodeOptions decode = job.decode;
  if (const auto media = find_media(database, stored_path(file))) {
    decode.pictures = picture_rules(media->plan, job.decode.pictures);
  }
  std::vector<std::int64_t> numbers;
  for (const RegisteredAsset& made : assets) { numbers.push_back(made.detection.frame_number); }
  const auto cut_out = [&](const Frame& frame) {
    const RgbImage picture = frame.to_rgb();
    for (const RegisteredAsset& made : assets) {
      if (made.detection.frame_number != frame.number()) { continue; }
      write_picture(cropped(picture, made.detection.box), made.asset.picture, PictureFormat::png);
    }
  };
  sample_clip(file, frames_options(numbers, decode, cut_out));
  for (RegisteredAsset& made : assets) {
    const auto tag = register_asset(database, made.asset);
    if (!tag) { continue; }  // another program was faster
    made.tag = *tag;
    job.done(made);
  }
}

}  // namespace

std::string new_asset_id(const std::string& manifest_id, const std::string& path, const DetectionRecord& detection)
{
  return derived_id(fmt::format("detected\n{}\n{}\n{} {} {}", manifest_id, path, detection.frame_number,
                                box_text(detection.box), detection.label));
}

void register_assets(Database& database, const std::vector<SceneResult>& scenes, const MatchSettings& settings,
                     const NewAssetJob& job)
{
  std::map<fs::path, std::vector<RegisteredAsset>> by_file;
  for (const Candidate& candidate : new_things(database, scenes, settings, job)) {
    by_file[candidate.scene->clip.file].push_back(asset_of(candidate, job));
  }
  if (!by_file.empty()) { make_folders(job.folder); }
  for (const auto& [file, assets] : by_file) {
    if (job.stopping()) { return; }
    try {
      register_of_file(database, file, assets, job);
    } catch (const InputError& error) {
      job.failed(error);
    }
  }
}

}  // namespace vidcv
