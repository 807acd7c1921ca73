#include "../each_instruction_set.hpp"
#include "../random_units.hpp"

#include <vidcv/core/embedding.hpp>
#include <vidcv/matching/match.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace vidcv {
namespace {

using Vector = std::vector<float>;

/// A unit vector whose cosine with (1, 0) is `cosine`.
Vector leaning(float cosine)
{
  return {cosine, std::sqrt(1 - cosine * cosine)};
}

std::vector<OwnedVector> each_its_own(const std::vector<Vector>& vectors)
{
  std::vector<OwnedVector> owned;
  for (const Vector& vector : vectors) { owned.push_back({owned.size(), vector}); }
  return owned;
}

std::vector<Match> matches_of(const std::vector<Vector>& frames, const std::vector<Vector>& assets, double threshold)
{
  const AssetMatcher matcher(2, each_its_own(assets), assets.size());
  return matcher.match(each_its_own(frames), {std::vector(assets.size(), threshold)});
}

TEST_CASE("the cosine is summed as double", "[matching]")
{
  CHECK(cosine(Vector{0.6F, 0.8F}, Vector{0.8F, 0.6F}) == Approx(0.96));
  CHECK(cosine(Vector{1, 0}, Vector{0, 1}) == 0);
  const Vector alternating = {1, 1e-9F};  // in float the small product would be lost
  CHECK(cosine(alternating, Vector{1, 1}) > 1);
}

TEST_CASE("a score equal to the threshold is a match, one below is none", "[matching]")
{
  const std::vector<Vector> frames = {{1, 0}};
  const std::vector<Vector> assets = {{0.75F, 0.6614378F}};
  CHECK(matches_of(frames, assets, 0.75).size() == 1);
  CHECK(matches_of(frames, assets, std::nextafter(0.75, 1)).empty());
}

TEST_CASE("matches come by frame, then best first, and equals by asset", "[matching]")
{
  const auto matches = matches_of({{1, 0}, {0, 1}}, {leaning(0.7F), leaning(0.9F), leaning(0.7F), leaning(0.2F)}, 0.5);
  std::vector<std::pair<std::size_t, std::size_t>> order;
  for (const Match& match : matches) { order.emplace_back(match.frame, match.asset); }
  CHECK(order == std::vector<std::pair<std::size_t, std::size_t>>{{0, 1}, {0, 0}, {0, 2}, {1, 3}, {1, 0}, {1, 2}});
  CHECK(matches[0].score == Approx(0.9));
}

TEST_CASE("the margin is the distance to the best other asset, below the threshold or not", "[matching]")
{
  const auto matches = matches_of({{1, 0}}, {leaning(0.7F), leaning(0.9F), leaning(0.2F)}, 0.65);
  REQUIRE(matches.size() == 2);
  CHECK(matches[0].margin.value() == Approx(0.2).margin(1e-6));
  CHECK(matches[1].margin.value() == Approx(-0.2).margin(1e-6));
  const auto only_one = matches_of({{1, 0}}, {leaning(0.9F), leaning(0.2F)}, 0.65);
  REQUIRE(only_one.size() == 1);
  CHECK(only_one[0].margin.value() == Approx(0.7).margin(1e-6));
}

TEST_CASE("a single asset has no margin", "[matching]")
{
  const auto matches = matches_of({{1, 0}}, {{1, 0}}, 0.65);
  REQUIRE(matches.size() == 1);
  CHECK_FALSE(matches[0].margin.has_value());
}

TEST_CASE("an empty vector matches nothing, even at the lowest threshold, and is nobody's second best", "[matching]")
{
  const auto matches = matches_of({{}, {1, 0}}, {{}, {1, 0}}, -1);
  REQUIRE(matches.size() == 1);
  CHECK(matches[0].frame == 1);
  CHECK(matches[0].asset == 1);
  CHECK_FALSE(matches[0].margin.has_value());
}

TEST_CASE("vectors of different widths never match and are nobody's second best", "[matching]")
{
  const auto matches = matches_of({{1, 0}}, {{1, 0, 0}, {1, 0}, {1}}, -1);
  REQUIRE(matches.size() == 1);
  CHECK(matches[0].asset == 1);
  CHECK_FALSE(matches[0].margin.has_value());
}

TEST_CASE("a vector that is not finite matches nothing and spoils no margin", "[matching]")
{
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto matches = matches_of({{nan, 0}, {1, 0}}, {{nan, 0}, {1, 0}, leaning(0.5F), {nan, nan}}, 0.65);
  REQUIRE(matches.size() == 1);
  CHECK(matches[0].asset == 1);
  CHECK(matches[0].margin.value() == Approx(0.5));
}

TEST_CASE("the best of an asset's pictures and of a frame's regions counts, and the first of a tie", "[matching]")
{
  const std::vector<Vector> pictures = {leaning(0.1F), leaning(0.8F), leaning(0.9F), leaning(0.8F)};
  const AssetMatcher matcher(
      2, std::vector<OwnedVector>{{0, pictures[0]}, {0, pictures[1]}, {1, pictures[2]}, {0, pictures[3]}}, 2);
  const std::vector<Vector> views = {{0, 1}, {1, 0}, {1, 0}};
  const auto matches =
      matcher.match(std::vector<OwnedVector>{{0, views[0]}, {4, views[1]}, {4, views[2]}}, {{0.5, 0.95}});
  REQUIRE(matches.size() == 2);
  CHECK(matches[0].frame == 0);
  CHECK(matches[0].picture == 0);  // nearly at right angles to the axis, as the first frame is
  CHECK(matches[1].frame == 4);
  CHECK(matches[1].asset == 0);
  CHECK(matches[1].view == 1);
  CHECK(matches[1].picture == 1);
  CHECK(matches[1].margin.value() == Approx(-0.1).margin(1e-6));
}

TEST_CASE("a match that is too near to the next best asset is none", "[matching]")
{
  const std::vector<Vector> assets = {leaning(0.9F), leaning(0.8F)};
  const std::vector<Vector> frame = {{1, 0}};
  const AssetMatcher matcher(2, each_its_own(assets), 2);
  CHECK(matcher.match(each_its_own(frame), {{0.5, 0.5}, 0.05}).size() == 1);
  CHECK(matcher.match(each_its_own(frame), {{0.5, 0.5}, 0.11}).empty());
  CHECK(matcher.match(each_its_own(frame), {{0.5, 0.5}, -0.2}).size() == 2);
}

TEST_CASE("many frames on several threads match as each pair does by itself, to the bit", "[matching]")
{
  VIDCV_WITH_EACH_INSTRUCTION_SET();
  const std::size_t dim = 67;  // of no vector's width
  const auto frames = testing::random_units(301, dim, 1);
  const auto assets = testing::random_units(53, dim, 2);
  std::vector<OwnedVector> views;
  for (std::size_t i = 0; i < frames.size(); ++i) { views.push_back({i / 7, frames[i]}); }
  std::vector<OwnedVector> pictures;
  for (std::size_t i = 0; i < assets.size(); ++i) { pictures.push_back({i % 20, assets[i]}); }
  const double threshold = 0.2;
  const auto matches = AssetMatcher(dim, pictures, 20).match(views, {std::vector(20, threshold)}, 3);
  std::size_t at = 0;
  for (std::size_t frame = 0; frame < 43; ++frame) {
    std::vector<double> best(20, -2);
    for (const OwnedVector& view : views) {
      if (view.owner != frame) { continue; }
      for (const OwnedVector& picture : pictures) {
        best[picture.owner] = std::max(best[picture.owner], cosine(view.vector, picture.vector));
      }
    }
    const auto count = static_cast<std::size_t>(std::ranges::count_if(best, [&](double x) { return x >= threshold; }));
    for (std::size_t i = 0; i < count; ++i, ++at) {
      REQUIRE(at < matches.size());
      CHECK(matches[at].frame == frame);
      CHECK(matches[at].score == best[matches[at].asset]);
      std::vector<double> others = best;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(matches[at].asset));
      CHECK(matches[at].margin.value() == matches[at].score - *std::ranges::max_element(others));
    }
  }
  CHECK(at == matches.size());
  CHECK(at > 100);
}

TEST_CASE("nothing to compare gives nothing", "[matching]")
{
  CHECK(matches_of({}, {{1, 0}}, -1).empty());
  CHECK(matches_of({{1, 0}}, {}, -1).empty());
}

}  // namespace
}  // namespace vidcv
