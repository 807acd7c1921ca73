#include "film.hpp"

#include <vidcv/pipeline/work_list.hpp>

using namespace vidcv;
using namespace vidcv::test;

TEST_CASE("a scene shows the asset that looks like it and no other", "[pipeline]")
{
  const TemporaryFolder folder;
  Film film(folder);
  CHECK_FALSE(film.find());  // nothing is stored yet
  film.embed_all();
  const auto result = film.find();
  REQUIRE(result);
  REQUIRE(result->seen.size() == 1);
  CHECK(result->seen[0].tag == "RED");
  CHECK(result->seen[0].row.margin.value() > 0);
  REQUIRE(result->intervals.size() == 1);
  CHECK(result->intervals[0].tag == "RED");
}

TEST_CASE("looking twice gives the same rows", "[pipeline]")
{
  const TemporaryFolder folder;
  Film film(folder);
  film.embed_all();
  const auto first = film.find();
  const auto second = film.find();
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->seen[0].row.id == second->seen[0].row.id);
  CHECK(analysis_json(*first, film.settings) == analysis_json(*second, film.settings));
}

TEST_CASE("a score equal to the threshold counts", "[pipeline]")
{
  const TemporaryFolder folder;
  Film film(folder);
  film.embed_all();
  film.settings.threshold = film.find().value().seen.at(0).row.confidence;
  CHECK(film.find().value().seen.size() == 1);
}

TEST_CASE("a blank asset picture is never found", "[pipeline]")
{
  const TemporaryFolder folder;
  Film film(folder);
  film.embed_all();
  const AssetRecord red = assets_of(film.database, film.project.manifest_id).at(0);
  REQUIRE(red.tag == "RED");
  save_asset_vector(film.database, red, {red.embedding, true, {}}, film.settings.model_id);
  CHECK(film.find().value().seen.empty());
}

TEST_CASE("a thing that is smaller than the frame is found in its region, and the box says where", "[pipeline]")
{
  const TemporaryFolder folder;
  Film film(folder);
  RgbImage image{256, 128, std::vector<std::uint8_t>(std::size_t{3} * 256 * 128, 255)};
  for (int y = 0; y < 128; ++y) {
    for (int x = 0; x < 256; ++x) {
      std::uint8_t* pixel = image.row(y) + std::ptrdiff_t{3} * x;
      const bool inside = x < 64 && y < 64 && x >= 6;
      pixel[0] = inside ? 220 : 150;
      pixel[1] = inside ? 0 : 150;
      pixel[2] = inside ? 0 : static_cast<std::uint8_t>(x % 2 == 0 ? 250 : 150);
    }
  }
  write_picture(image, film.clip.file, PictureFormat::png);
  film.settings.threshold = 0.9;
  film.embed_all();
  CHECK(film.find().value().seen.empty());

  film.settings.regions = Regions::yes;
  film.embed_all();
  const auto result = film.find();
  REQUIRE(result.value().seen.size() == 1);
  CHECK(result->seen[0].tag == "RED");
  CHECK(result->seen[0].row.bbox == "[0, 0, 64, 64]");
}

TEST_CASE("clips without regions are missing where regions are asked for, and only then", "[pipeline]")
{
  const TemporaryFolder folder;
  Film film(folder);
  film.embed_all();
  EmbedOptions options;
  CHECK(work_list(film.database, {film.clip.file}, options, film.settings.model_id).todo.empty());
  options.regions = true;
  CHECK(work_list(film.database, {film.clip.file}, options, film.settings.model_id).todo.size() == 1);
  film.settings.regions = Regions::yes;
  film.embed_all();  // 16 x 16 pixels: too small for any
  CHECK(work_list(film.database, {film.clip.file}, options, film.settings.model_id).todo.empty());
  film.settings.regions = Regions::no;
  film.embed_all();
  CHECK(work_list(film.database, {film.clip.file}, options, film.settings.model_id).todo.empty());  // they stay
}

TEST_CASE("the best of an asset's pictures counts", "[pipeline]")
{
  const TemporaryFolder folder;
  Film film(folder);
  add_pictures(film.database, film.project.manifest_id, "GREEN", {folder / "scene.png"});
  film.embed_all();
  const auto result = film.find();
  REQUIRE(result.value().seen.size() == 2);
  CHECK(result->seen[0].tag == "GREEN");
  CHECK(result->seen[0].row.confidence == Approx(1));
}

TEST_CASE("a damaged vector of an asset's picture counts as none and is made again", "[pipeline]")
{
  const TemporaryFolder folder;
  Film film(folder);
  add_pictures(film.database, film.project.manifest_id, "GREEN", {folder / "scene.png"});
  film.embed_all();
  const std::string picture = (folder / "scene.png").native();
  for (const char* damage : {"x'00'", "zeroblob(12)", "x'0000c07f0000c07f0000c07f'", "x'0000803f0000803f0000803f'"}) {
    film.database.handle().exec(std::string("UPDATE vidcv_asset_vectors SET embedding = ") + damage +
                                " WHERE picture = '" + picture + "'");
    CHECK(film.find().value().seen.size() == 1);
    film.embed_all();
    CHECK(film.find().value().seen.size() == 2);
  }
}

TEST_CASE("an asset's own threshold and the margin decide", "[pipeline]")
{
  const TemporaryFolder folder;
  Film film(folder);
  film.embed_all();
  film.settings.assets["RED"].clip = 1;
  CHECK(film.find().value().seen.empty());
  film.settings.assets.clear();
  film.settings.least_margin = 1.5;
  CHECK(film.find().value().seen.empty());
}

TEST_CASE("crop_bbox is cut out of the picture, in pixels or in shares, unless the picture is the crop", "[pipeline]")
{
  CHECK(pixel_box({0.25, 0.5, 1, 1}, 100, 50) == Box{25, 25, 100, 50});
  CHECK(pixel_box({10.4, 5, 20.2, 15}, 100, 50) == Box{10, 5, 21, 15});
  CHECK_FALSE(pixel_box({0, 0, 101, 10}, 100, 50));
  CHECK_FALSE(pixel_box({10, 5, 10, 15}, 100, 50));
  CHECK_FALSE(pixel_box({-1, 0, 10, 15}, 100, 50));
  const TemporaryFolder folder;
  Film film(folder);
  const auto embed_with_crop = [&](const std::string& crop) {
    film.database.handle().exec("UPDATE assets SET clip_embedding = NULL, crop_bbox = '" + crop +
                                "' WHERE manifest_tag = 'RED'");
    film.embed_all();
    return assets_of(film.database, film.project.manifest_id).at(0).embedding;
  };
  const Embedding whole = embed_with_crop("null");
  CHECK(whole[1] > 0.1);  // a white stripe at the left
  CHECK(embed_with_crop("[100, 100, 116, 116]") == whole);
  CHECK(embed_with_crop("[0.5, 0, 1, 1]")[1] < 1e-6);
}
