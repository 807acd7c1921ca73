#include <vidcv/matching/match.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace vidcv {
namespace {

using Vector = std::vector<float>;
using Spans = std::vector<std::span<const float>>;

Spans spans(const std::vector<Vector>& vectors)
{
  return {vectors.begin(), vectors.end()};
}

/// A unit vector whose cosine with (1, 0) is `cosine`.
Vector leaning(float cosine)
{
  return {cosine, std::sqrt(1 - cosine * cosine)};
}

std::vector<Match> matches_of(const std::vector<Vector>& frames, const std::vector<Vector>& assets, double threshold)
{
  return match_frames(spans(frames), spans(assets), threshold);
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

TEST_CASE("nothing to compare gives nothing", "[matching]")
{
  CHECK(matches_of({}, {{1, 0}}, -1).empty());
  CHECK(matches_of({{1, 0}}, {}, -1).empty());
}

}  // namespace
}  // namespace vidcv
