#include "film.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

using namespace vidcv;
using namespace vidcv::test;

namespace {

/// Another network: its vectors are those of MeanColour backwards.
class BlueFirst : public MeanColour {
 public:
  using MeanColour::MeanColour;
  std::vector<Embedding> encode(std::span<const float> pictures) override
  {
    std::vector<Embedding> vectors = MeanColour::encode(pictures);
    for (Embedding& vector : vectors) { std::ranges::reverse(vector); }
    return vectors;
  }
};

/// A film that a second model looks at as well.
struct TwoModels {
  TwoModels()
      : second(second_model(), [this] { return std::make_unique<BlueFirst>(film.batches); }), settings(film.settings)
  {
    film.embed_all();
    settings.model = second_model();
    settings.model_id = ensure_model(film.database, second);
  }

  static ModelDescription second_model()
  {
    ModelDescription model = tiny_model();
    model.fingerprint = std::string(64, 'b');
    return model;
  }

  /// Makes the vectors that a model lacks. @returns what failed
  std::vector<std::string> fill(const MatchSettings& by)
  {
    std::vector<std::string> failed;
    fill_asset_vectors(film.database, {.manifest_id = film.project.manifest_id, .model_id = by.model_id, .base = "/"},
                       by.model_id == settings.model_id ? second : film.encoder,
                       {.failed = [&](const AssetRecord& asset, const InputError&) { failed.push_back(asset.tag); }});
    return failed;
  }

  /// How many pictures a model has to encode now.
  std::size_t encoded(const MatchSettings& by)
  {
    film.batches.clear();
    CHECK(fill(by).empty());
    return std::accumulate(film.batches.begin(), film.batches.end(), std::size_t{0});
  }

  void embed_clip_with_second()
  {
    REQUIRE(store_all(film.database, {film.clip.file}, {}, second, settings.model_id) == 0);
  }

  std::optional<SceneResult> find_with_second()
  {
    return AppearanceFinder(film.database, film.project.manifest_id, settings).find(film.clip);
  }

  std::int64_t count(const std::string& from)
  {
    return film.database.handle().execAndGet("SELECT count(*) FROM " + from).getInt64();
  }

  AssetRecord red(std::int64_t model_id) { return assets_of(film.database, film.project.manifest_id, model_id).at(0); }

  TemporaryFolder folder;
  Film film{folder};
  LazyEncoder second;
  MatchSettings settings;
};

}  // namespace

TEST_CASE("what the first model found stays when a second one finds nothing, and is not said to be the second's",
          "[pipeline]")
{
  TwoModels both;
  REQUIRE(both.film.find().value().seen.size() == 1);
  both.embed_clip_with_second();
  CHECK(both.fill(both.settings).empty());
  both.settings.threshold = 2;
  const SceneResult result = both.find_with_second().value();
  CHECK(result.seen.empty());
  CHECK(result.intervals.empty());
  CHECK(both.count("asset_appearances") == 1);
  both.settings.threshold = 0.9;
  CHECK(both.find_with_second().value().seen.size() == 1);
  CHECK(both.count("asset_appearances") == 1);
  CHECK(both.count("vidcv_findings") == 2);
  both.film.settings.threshold = 2;
  both.film.find();
  CHECK(both.count("asset_appearances") == 1);  // the second one's
  both.settings.threshold = 2;
  both.find_with_second();
  CHECK(both.count("asset_appearances") == 0);
}

TEST_CASE("what cannot be compared stays: an asset without a vector of the model is not an asset that is not seen",
          "[pipeline]")
{
  TwoModels both;
  REQUIRE(both.film.find().value().seen.size() == 1);
  both.film.database.handle().exec("DELETE FROM vidcv_asset_vectors; UPDATE assets SET clip_embedding = NULL");
  CHECK(both.film.find().value().seen.empty());
  CHECK(both.count("asset_appearances") == 1);
}

TEST_CASE("what was found in a file goes once there is another file in its place", "[pipeline]")
{
  TwoModels both;
  REQUIRE(both.film.find().value().seen.size() == 1);
  write_colour(both.film.clip.file, 0, 0, 210);
  both.embed_clip_with_second();
  CHECK(both.fill(both.settings).empty());
  CHECK(both.find_with_second().value().seen.empty());
  CHECK(both.count("asset_appearances") == 0);
}

TEST_CASE("assets have vectors of two models, each made once, and the column keeps the first one's", "[pipeline]")
{
  TwoModels both;
  CHECK(both.encoded(both.settings) == 2);
  CHECK(both.encoded(both.settings) == 0);
  CHECK(both.encoded(both.film.settings) == 0);
  CHECK(both.red(both.settings.model_id).own.embedding != both.red(both.film.settings.model_id).own.embedding);
  CHECK(both.red(0).model_id == both.film.settings.model_id);
}

TEST_CASE("the vector of CLIP ViT-B/32 takes the place of another model's in the service's column", "[pipeline]")
{
  TwoModels both;
  ModelDescription record = TwoModels::second_model();
  record.architecture = "clip-vit-base-patch32";
  LazyEncoder clip(record, [&] { return std::make_unique<BlueFirst>(both.film.batches); });
  fill_asset_vectors(both.film.database,
                     {.manifest_id = both.film.project.manifest_id, .model_id = both.settings.model_id, .base = "/"},
                     clip, {.failed = [](const AssetRecord&, const InputError&) { FAIL(); }});
  CHECK(both.red(0).model_id == both.settings.model_id);
}

TEST_CASE("a picture that changed is recomputed, one that was only touched is not", "[pipeline]")
{
  TwoModels both;
  CHECK(both.encoded(both.film.settings) == 0);
  const fs::path picture = both.folder / "red.png";
  const Embedding before = both.red(both.film.settings.model_id).own.embedding;
  fs::last_write_time(picture, fs::last_write_time(picture) + std::chrono::hours(1));
  CHECK(both.encoded(both.film.settings) == 0);
  CHECK(both.encoded(both.film.settings) == 0);
  write_colour(picture, 0, 0, 220);
  CHECK(both.encoded(both.film.settings) == 1);
  CHECK(both.red(both.film.settings.model_id).own.embedding != before);
  CHECK(both.red(0).embedding == both.red(both.film.settings.model_id).own.embedding);
}

TEST_CASE("another picture of an asset that changed is recomputed as well", "[pipeline]")
{
  TwoModels both;
  write_colour(both.folder / "side.png", 0, 0, 220);
  add_pictures(both.film.database, both.film.project.manifest_id, "RED", {both.folder / "side.png"});
  CHECK(both.encoded(both.film.settings) == 1);
  CHECK(both.encoded(both.film.settings) == 0);
  write_colour(both.folder / "side.png", 100, 100, 0);
  CHECK(both.encoded(both.film.settings) == 1);
}

TEST_CASE("an asset whose crop changed is recomputed", "[pipeline]")
{
  TwoModels both;
  both.film.database.handle().exec("UPDATE assets SET crop_bbox = '[0.5, 0, 1, 1]' WHERE manifest_tag = 'RED'");
  CHECK(both.encoded(both.film.settings) == 1);
  CHECK(both.encoded(both.film.settings) == 0);
}

TEST_CASE("a missing picture keeps its vector without a failure; one that was never read is a failure", "[pipeline]")
{
  TwoModels both;
  fs::remove(both.folder / "red.png");
  CHECK(both.fill(both.film.settings).empty());
  CHECK_FALSE(both.red(both.film.settings.model_id).own.embedding.empty());
  CHECK(both.fill(both.settings) == std::vector<std::string>{"RED"});
}

TEST_CASE("vectors of a program that noted no stamp are made once more", "[pipeline]")
{
  TwoModels both;
  both.film.database.handle().exec("UPDATE vidcv_asset_vectors SET size = NULL, mtime_ns = NULL, content_hash = NULL");
  CHECK(both.encoded(both.film.settings) == 2);
  CHECK(both.encoded(both.film.settings) == 0);
}
