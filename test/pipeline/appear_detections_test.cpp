#include "film.hpp"

#include <vidcv/pipeline/work_list.hpp>

#include <vidcv/pipeline/new_assets.hpp>

#include <utility>

using namespace vidcv;
using namespace vidcv::test;

namespace {

/// One thing in the first frame.
Detection thing(const std::string& label, const std::array<double, 4>& corners, double confidence = 0.75)
{
  Detection detection;
  detection.frame_number = 0;
  detection.corners = corners;
  detection.label = label;
  detection.confidence = confidence;
  detection.quality = 8;
  return detection;
}

/// A film whose scene shows, from left to right, grey noise, a red square, a blue one, and grey noise: the middle
/// square of it, which is what the whole frame is to the model, is like none of them.
struct Street : Film {
  explicit Street(const TemporaryFolder& where) : Film(where), folder(where)
  {
    RgbImage image{128, 32, std::vector<std::uint8_t>(std::size_t{3} * 128 * 32)};
    for (int y = 0; y < 32; ++y) {
      for (int x = 0; x < 128; ++x) {
        std::uint8_t* pixel = image.row(y) + std::ptrdiff_t{3} * x;
        const auto level = static_cast<std::uint8_t>((x * 37 + y * 61) % 2 == 0 ? 190 : 90);
        const bool is_red = x >= 32 && x < 64;
        const bool is_blue = x >= 64 && x < 96;
        pixel[0] = is_blue ? 0 : level;
        pixel[1] = is_red ? 0 : static_cast<std::uint8_t>(is_blue ? level / 2 : level);
        pixel[2] = is_red ? 0 : level;
      }
    }
    write_picture(image, clip.file, PictureFormat::png);
    settings.threshold = 0.94;
    embed_all();
  }

  std::string sources() const
  {
    std::string text;
    SQLite::Statement row(const_cast<Database&>(database).handle(), R"(
      SELECT manifest_tag || ' ' || p.source || ' ' || coalesce(bbox, '-') FROM asset_appearances p
      JOIN assets a ON a.id = asset_id ORDER BY 1)");
    while (row.executeStep()) { text += row.getColumn(0).getString() + "\n"; }
    return text;
  }

  std::vector<RegisteredAsset> register_new(double gate = 5)
  {
    std::vector<RegisteredAsset> made;
    NewAssetJob job{.manifest_id = project.manifest_id,
                    .quality_gate = gate,
                    .folder = folder / "crops",
                    .decode = {},
                    .done = [&](const RegisteredAsset& asset) { made.push_back(asset); },
                    .failed = [](const InputError& error) { FAIL(error.what()); },
                    .stopping = [] { return false; }};
    const SceneResult look = AppearanceFinder(database, project.manifest_id, settings).examine(clip).value();
    register_assets(database, {look}, settings, job);
    return made;
  }

  const TemporaryFolder& folder;
};

const std::array<double, 4> k_grey = {0, 0, 32, 32};
const std::array<double, 4> k_red = {32, 0, 64, 32};
const std::array<double, 4> k_blue = {64, 0, 96, 32};

}  // namespace

TEST_CASE("a detection is an asset by its class, by its face and by its looks, and the box says where", "[pipeline]")
{
  const TemporaryFolder folder;
  Street street(folder);
  CHECK(street.find().value().seen.empty());
  street.database.handle().exec(
      "UPDATE assets SET detection_class = 'Car' WHERE manifest_tag = 'GREEN';"
      "UPDATE assets SET face_embedding = x'0000803f00000000' WHERE manifest_tag = 'RED'");
  Detection face = thing("face", {0, 0, 8, 8});
  face.face = {0.8F, 0.6F};
  street.detect({thing("car", k_grey), thing("bus", k_red), face});
  const auto result = street.find().value();
  CHECK(street.sources() == "GREEN yolo [0, 0, 32, 32]\nRED clip_match [32, 0, 64, 32]\nRED face_match [0, 0, 8, 8]\n");
  REQUIRE(result.seen.size() == 3);
  CHECK(result.unmatched.empty());
  CHECK(result.detections.size() == 3);
  street.settings.face_threshold = 0.81;
  street.settings.assets["GREEN"].detection = 0.8;
  CHECK(street.find().value().unmatched.size() == 2);
  CHECK(street.sources() == "RED clip_match [32, 0, 64, 32]\n");
}

TEST_CASE("a class that several assets have is no margin for any of them", "[pipeline]")
{
  const TemporaryFolder folder;
  Street street(folder);
  street.database.handle().exec("UPDATE assets SET detection_class = 'car'");
  street.detect({thing("car", k_grey)});
  const auto seen = street.find().value().seen;
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].row.margin == 0.0);
}

TEST_CASE("of several detections of an asset in a frame that of the highest confidence counts", "[pipeline]")
{
  const TemporaryFolder folder;
  Street street(folder);
  street.database.handle().exec("UPDATE assets SET detection_class = 'car' WHERE manifest_tag = 'GREEN'");
  street.detect({thing("car", {0, 0, 8, 8}, 0.5), thing("car", {8, 0, 16, 8}, 0.9), thing("car", {16, 0, 24, 8}, 0.6)});
  CHECK(street.find().value().seen.size() == 1);
  CHECK(street.sources() == "GREEN yolo [8, 0, 16, 8]\n");
}

TEST_CASE("detections without a frame or box are reported each time, and the others are used", "[pipeline]")
{
  const TemporaryFolder folder;
  Street street(folder);
  Detection late = thing("car", k_grey);
  late.frame_number = 7;
  late.entry = "line 2";
  Detection outside = thing("car", {200, 0, 300, 32});
  outside.entry = "line 3";
  for (int run = 0; run < 2; ++run) {
    street.errors.clear();
    street.detect({thing("car", k_grey), late, outside});
    CHECK(street.errors ==
          std::vector<std::string>{"line 2: the clip has no such frame", "line 3: the box lies outside of the frame"});
    CHECK(street.find().value().detections.size() == 1);
  }
}

TEST_CASE("detections that the database has are not looked at again, but for another model", "[pipeline]")
{
  const TemporaryFolder folder;
  Street street(folder);
  street.settings.model_id = 0;
  street.detect({thing("bus", k_red)});
  CHECK(street.find().value().seen.empty());  // without a model clip_match is left alone
  street.settings.model_id = ensure_model(street.database, street.encoder);
  const std::size_t before = street.batches.size();
  street.detect({thing("bus", k_red)});
  CHECK(street.batches.size() == before + 1);
  street.detect({thing("bus", k_red)});
  CHECK(street.batches.size() == before + 1);
  CHECK(street.find().value().seen.size() == 1);
}

TEST_CASE("detections that were stored without a model get vectors from a later run with one", "[pipeline]")
{
  const TemporaryFolder folder;
  Street street(folder);
  const std::int64_t model_id = std::exchange(street.settings.model_id, 0);
  street.detect({thing("bus", k_red), thing("car", k_grey)});
  street.settings.model_id = model_id;
  CHECK(street.find().value().unmatched.size() == 2);
  street.detect({});  // none are new
  CHECK(street.find().value().unmatched.size() == 1);
  CHECK(street.sources() == "RED clip_match [32, 0, 64, 32]\n");
}

TEST_CASE("without a model what was seen by looks goes on to count, whatever plan its frames had", "[pipeline]")
{
  const TemporaryFolder folder;
  Street street(folder);
  street.detect({thing("bus", k_red)});
  const auto with = street.find().value();
  EmbedOptions other;
  other.sampling.plan.policy = Policy::every;
  CHECK(work_list(street.database, {street.clip.file}, other, street.settings.model_id).todo.size() == 1);
  CHECK(work_list(street.database, {street.clip.file}, other, 0).todo.empty());
  street.settings.model_id = 0;
  const auto without = street.find().value();
  CHECK(without.intervals.size() == with.intervals.size());
  CHECK(without.continuity_score == with.continuity_score);
  CHECK(without.unmatched.empty());
  CHECK(without.seen.at(0).row.model_id == with.seen.at(0).row.model_id);
}

TEST_CASE("a box without content is not an asset, whatever the detector reports", "[pipeline]")
{
  const TemporaryFolder folder;
  Street street(folder);
  street.detect({thing("dot", {70, 4, 71, 5})});
  CHECK(street.find().value().unmatched.size() == 1);
  CHECK(street.register_new(0).empty());
}

TEST_CASE("a run without a model leaves what was seen by looks", "[pipeline]")
{
  const TemporaryFolder folder;
  Street street(folder);
  street.database.handle().exec("UPDATE assets SET detection_class = 'car' WHERE manifest_tag = 'GREEN'");
  street.detect({thing("bus", k_red), thing("car", k_grey)});
  street.find();
  street.settings.model_id = 0;
  street.database.handle().exec("UPDATE assets SET detection_class = 'tram'");
  street.find();
  CHECK(street.sources() == "RED clip_match [32, 0, 64, 32]\n");
}

TEST_CASE("a good detection that matches no asset becomes one, once", "[pipeline]")
{
  const TemporaryFolder folder;
  Street street(folder);
  Detection poor = thing("dog", {0, 0, 8, 8});
  poor.quality = 5;
  street.detect({thing("blue car", k_blue), thing("blue car", {66, 0, 96, 32}), thing("bus", k_red), poor});
  const auto made = street.register_new();
  REQUIRE(made.size() == 1);
  CHECK(made[0].tag == "BLUE_CAR_1");
  CHECK(street.register_new(4.99).size() == 1);  // the gate is what must be exceeded
  const auto assets = assets_of(street.database, street.project.manifest_id);
  REQUIRE(assets.size() == 4);
  CHECK(assets[2].crop == "[64, 0, 96, 32]");
  CHECK(assets[2].detection_class == "blue car");
  CHECK(assets[2].registered);
  CHECK(fs::exists(assets[2].picture));

  street.embed_all();
  street.find();
  const std::string seen = street.sources();
  CHECK(seen.find("BLUE_CAR_1 clip_match [6") != std::string::npos);
  CHECK(seen.find("BLUE_CAR_1 yolo [64, 0, 96, 32]") != std::string::npos);
  CHECK(street.register_new(4.99).empty());
  street.find();
  CHECK(street.sources() == seen);
}

TEST_CASE("where nothing can be compared one asset of a class is made", "[pipeline]")
{
  const TemporaryFolder folder;
  Street street(folder);
  street.settings.model_id = 0;
  Detection man = thing("man", k_blue);
  man.face = {1, 0};
  Detection other_man = thing("man", k_red);
  other_man.face = {0, 1};
  street.detect({thing("car", k_grey), thing("car", k_red), man, other_man});
  CHECK(street.register_new().size() == 3);
  CHECK(street.register_new().empty());
}

TEST_CASE("the parent of a new asset is the one of the highest confidence around it", "[pipeline]")
{
  const TemporaryFolder folder;
  Street street(folder);
  street.database.handle().exec("UPDATE assets SET detection_class = 'car' WHERE manifest_tag = 'GREEN'");
  street.detect({thing("car", {40, 0, 96, 32}), thing("wheel", k_blue), thing("pole", k_grey)});
  const auto made = street.register_new();
  REQUIRE(made.size() == 2);
  const std::string green = assets_of(street.database, street.project.manifest_id).at(1).id;
  for (const RegisteredAsset& asset : made) {
    CHECK(asset.asset.parent_id == (asset.asset.label == "wheel" ? green : ""));
  }
}
