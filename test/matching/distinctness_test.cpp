#include <vidcv/matching/distinctness.hpp>

#include "../each_instruction_set.hpp"
#include "../random_units.hpp"

#include <vidcv/matching/match.hpp>

#include <catch2/catch.hpp>

#include <limits>

namespace vidcv {
namespace {

TEST_CASE("the level is the mean of the three best impostors, or of fewer where there are fewer", "[matching]")
{
  CHECK(impostor_level({0.1, 0.6, 0.2, 0.3, 0.5}) == Approx((0.6 + 0.5 + 0.3) / 3));
  CHECK(impostor_level({0.2, 0.4}) == Approx(0.3));
  CHECK(impostor_level({}) == -1);
  CHECK(impostor_level({1, 1, 1}) < 1);
}

TEST_CASE("distinctness is 0 at the level, 1 for the same picture, and score_at() is its inverse", "[matching]")
{
  CHECK(distinctness(0.9, 0.9) == 0);
  CHECK(distinctness(1, 0.9) == Approx(1));
  CHECK(distinctness(0.94, 0.9) == Approx(0.4));
  CHECK(distinctness(0.2, 0.5) < 0);
  for (const double level : {-1.0, 0.0, 0.3, 0.93}) { CHECK(distinctness(score_at(0.4, level), level) == Approx(0.4)); }
}

TEST_CASE("best_scores() are the best cosines of each asset, to the bit", "[matching]")
{
  VIDCV_WITH_EACH_INSTRUCTION_SET();
  constexpr std::size_t k_dim = 48;
  const auto pictures = testing::random_units(70, k_dim, 5);
  const auto frames = testing::random_units(300, k_dim, 6);
  std::vector<OwnedVector> owned;
  for (std::size_t i = 0; i < pictures.size(); ++i) { owned.push_back({i / 2, pictures[i]}); }
  std::vector<OwnedVector> views;
  for (std::size_t i = 0; i < frames.size(); ++i) { views.push_back({i / 3, frames[i]}); }
  const auto best = AssetMatcher(k_dim, owned, 36).best_scores(views);  // the last asset has no picture
  REQUIRE(best.size() == 36);
  for (std::size_t asset = 0; asset < 35; ++asset) {
    double expected = -2;
    for (const auto& frame : frames) {
      expected = std::max({expected, cosine(frame, pictures[2 * asset]), cosine(frame, pictures[2 * asset + 1])});
    }
    CHECK(best[asset] == expected);
  }
  CHECK(best[35] == -std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace vidcv
