#include <vidcv/matching/continuity.hpp>

#include <catch2/catch.hpp>

#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace vidcv {
namespace {

using Vector = std::vector<float>;
using Runs = std::vector<std::pair<double, double>>;

Runs runs_of(const std::vector<double>& times_s, const std::vector<bool>& seen)
{
  Runs runs;
  for (const Interval& interval : intervals_of(times_s, seen, longest_step(times_s))) {
    runs.emplace_back(interval.from_s, interval.to_s);
  }
  return runs;
}

std::optional<double> steadiness_of(const std::vector<Vector>& frames)
{
  const std::vector<std::span<const float>> spans(frames.begin(), frames.end());
  return steadiness(spans);
}

TEST_CASE("an interval is a run of sampled frames, from its first to its last", "[matching][continuity]")
{
  CHECK(runs_of({0, 2, 4, 6, 8}, {true, true, false, true, true}) == Runs{{0, 2}, {6, 8}});
  CHECK(runs_of({0, 2, 4}, {false, true, false}) == Runs{{2, 2}});
  CHECK(runs_of({0, 2, 4}, {true, false, true}) == Runs{{0, 0}, {4, 4}});
  CHECK(runs_of({1, 2, 4}, {true, true, true}) == Runs{{1, 4}});
  CHECK(runs_of({0, 2}, {false, false}).empty());
  CHECK(runs_of({}, {}).empty());
}

TEST_CASE("frames far apart are not a run, as nothing between them was sampled", "[matching][continuity]")
{
  CHECK(runs_of({0, 2, 4, 6, 53}, {true, true, true, true, true}) == Runs{{0, 6}, {53, 53}});
  CHECK(runs_of({0, 2, 4, 6, 9.9}, {true, true, true, true, true}) == Runs{{0, 9.9}});
  CHECK(runs_of({0, 0.1, 0.2, 0.3, 4}, {true, true, true, true, true}) == Runs{{0, 4}});
  CHECK(runs_of({0, 10, 20, 30}, {true, true, true, false}) == Runs{{0, 20}});
}

TEST_CASE("an interval knows its frames by index, for frames may share a time", "[matching][continuity]")
{
  const auto intervals = intervals_of(std::vector<double>{0, 0, 0, 0}, {true, false, true, true}, 4);
  REQUIRE(intervals.size() == 2);
  CHECK((intervals[0].first == 0 && intervals[0].last == 0));
  CHECK((intervals[1].first == 2 && intervals[1].last == 3));
}

TEST_CASE("steadiness is the mean cosine of neighbours", "[matching][continuity]")
{
  CHECK(steadiness_of({{1, 0}, {1, 0}, {0.6F, 0.8F}}).value() == Approx((1 + 0.6) / 2));
  CHECK(steadiness_of({{1, 0}, {0, 1}}).value() == 0);
}

TEST_CASE("opposite frames are as unlike as can be, no less, and rounding gives no more than 1",
          "[matching][continuity]")
{
  CHECK(steadiness_of({{1, 0}, {-1, 0}}).value() == 0);
  CHECK(steadiness_of({{1, 0}, {-1, 0}, {-1, 0}}).value() == 0.5);
  CHECK(steadiness_of({{1.0005F, 0}, {1.0005F, 0}}).value() == 1);
}

TEST_CASE("blank frames are passed over, and those around them are neighbours", "[matching][continuity]")
{
  CHECK(steadiness_of({{}, {1, 0}, {}, {}, {0.6F, 0.8F}, {}}).value() == Approx(0.6));
}

TEST_CASE("fewer than two frames with content have no steadiness", "[matching][continuity]")
{
  CHECK_FALSE(steadiness_of({}).has_value());
  CHECK_FALSE(steadiness_of({{1, 0}}).has_value());
  CHECK_FALSE(steadiness_of({{}, {1, 0}, {}}).has_value());
}

TEST_CASE("the score is the mean of adherence and visual quality, ten at best", "[matching][continuity]")
{
  CHECK(continuity_score(4, 4, 10.0).value() == 10);
  CHECK(continuity_score(4, 0, 0.0).value() == 0);
  CHECK(continuity_score(4, 3, 5.0).value() == Approx((7.5 + 5) / 2));
}

TEST_CASE("visual quality is the mean of the frames' quality and their steadiness, or the one that is known",
          "[matching][continuity]")
{
  CHECK(visual_quality(10.0, 1.0).value() == 10);
  CHECK(visual_quality(0.0, 0.0).value() == 0);
  CHECK(visual_quality(4.0, 0.8).value() == Approx(6));
  CHECK(visual_quality(4.0, std::nullopt).value() == 4);
  CHECK(visual_quality(std::nullopt, 0.8).value() == Approx(8));
  CHECK_FALSE(visual_quality(std::nullopt, std::nullopt).has_value());
}

TEST_CASE("where one of the two is not known the other stands alone, and without both there is none",
          "[matching][continuity]")
{
  CHECK(continuity_score(0, 0, 8.0).value() == Approx(8));
  CHECK(continuity_score(4, 1, std::nullopt).value() == Approx(2.5));
  CHECK_FALSE(continuity_score(0, 0, std::nullopt).has_value());
}

}  // namespace
}  // namespace vidcv
