#include "film.hpp"
#include "find/plates.hpp"

#include <vidcv/core/identity.hpp>
#include <vidcv/pipeline/impostors.hpp>
#include <vidcv/store/plate_records.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

namespace vidcv::test {
namespace {

/// A unit vector whose cosine with (1, 0) is `cosine`.
Embedding leaning(double cosine)
{
  return {static_cast<float>(cosine), static_cast<float>(std::sqrt(1 - cosine * cosine))};
}

/// The level of an asset at (1, 0), by its cosines with the plates and its best ones in clips.
std::optional<double> level_of(const std::vector<double>& plates, const std::vector<double>& clips)
{
  const Embedding asset = {1, 0};
  const AssetMatcher matcher(2, std::vector{OwnedVector{0, asset}}, 1);
  std::vector<Embedding> drawn;
  for (const double cosine : plates) { drawn.push_back(leaning(cosine)); }
  Impostors impostors(matcher, drawn);
  for (const double cosine : clips) {
    const Embedding frame = leaning(cosine);
    impostors.add_clip({OwnedVector{0, frame}});
  }
  return impostors.levels({0.65}).at(0);
}

TEST_CASE("clips that surely show an asset are not among its impostors, however many they are", "[pipeline]")
{
  CHECK(level_of({0.2, 0.1}, {0.9, 0.5, 0.4, 0.3, 0.1}).value() == Approx(0.4));
  CHECK(level_of({0.2, 0.1}, {0.9, 0.95, 0.8, 0.9, 0.85, 0.99, 0.4}).value() == Approx(0.4));
  CHECK(level_of({0.2, 0.1}, {0.9, 0.95, 0.8}).value() == Approx(0.15));  // in every clip: the plates are left
}

TEST_CASE("a clip that is like the asset only as the plates are is an impostor", "[pipeline]")
{
  CHECK(level_of({0.9, 0.88, 0.86}, {0.99, 0.9, 0.87, 0.3}).value() == Approx(0.88));
  CHECK(level_of({0.7, 0.7, 0.7}, {0.99, 0.81, 0.8, 0.79}).value() == Approx(0.8));
}

TEST_CASE("without plates and other clips there is no level", "[pipeline]")
{
  CHECK_FALSE(level_of({}, {}).has_value());
  CHECK_FALSE(level_of({}, {0.9}).has_value());
  CHECK(level_of({}, {0.9, 0.3}).value() == Approx(0.3));
}

TEST_CASE("plates are the same bytes on every machine, and no two alike", "[pipeline]")
{
  std::vector<std::byte> all;
  std::set<std::vector<std::uint8_t>> different;
  for (std::size_t i = 0; i < k_plates; ++i) {
    const RgbImage image = plate(i);
    REQUIRE(image.width == 640);
    REQUIRE(image.pixels.size() == std::size_t{3} * 640 * 360);
    std::ranges::transform(image.pixels, std::back_inserter(all), [](std::uint8_t x) { return std::byte{x}; });
    different.insert(image.pixels);
  }
  CHECK(sha256_hex(all) == "72bfd137866b51868c62755d3e0aa5fbecfc1e7a4eb5505dc2fe1be781008a6b");
  CHECK(different.size() == k_plates);
}

TEST_CASE("plates are made once for a model, and again where one is damaged", "[pipeline]")
{
  const TemporaryFolder folder;
  Film film(folder);
  const auto model_id = film.settings.model_id;
  ensure_plates(film.database, film.encoder, model_id);
  const std::size_t batches = film.batches.size();
  CHECK(batches > 0);
  ensure_plates(film.database, film.encoder, model_id);
  CHECK(film.batches.size() == batches);
  film.database.handle().exec("UPDATE vidcv_plates SET embedding = x'00' WHERE plate = 7");
  CHECK(plates_of(film.database, model_id, k_plates).empty());
  ensure_plates(film.database, film.encoder, model_id);
  CHECK(plates_of(film.database, model_id, k_plates).size() == k_plates);
}

TEST_CASE("a match that is no more alike than the impostors are is not reported", "[pipeline]")
{
  const TemporaryFolder folder;
  Film film(folder);
  film.embed_all();
  film.settings.threshold = -1;
  AppearanceFinder finder(film.database, film.project.manifest_id, film.settings);
  CHECK_FALSE(finder.find(film.clip)->seen.at(0).row.distinctness.has_value());  // nothing to compare with
  ensure_plates(film.database, film.encoder, film.settings.model_id);
  const auto all = film.find().value().seen;
  REQUIRE(all.size() == 2);
  CHECK(all[0].tag == "RED");
  CHECK(all[0].row.distinctness.value() > 0.9);
  CHECK(all[1].row.distinctness.value() < 0.9);
  film.settings.least_distinctness = 0.9;
  const auto distinct = film.find().value();
  REQUIRE(distinct.seen.size() == 1);
  CHECK(distinct.seen[0].tag == "RED");
  CHECK(distinct.intervals.at(0).distinctness == distinct.seen[0].row.distinctness);
}

}  // namespace
}  // namespace vidcv::test
