#include <vidcv/matching/calibration.hpp>

#include <catch2/catch.hpp>

#include <numeric>
#include <random>

using namespace vidcv;

namespace {

std::vector<double> normal(std::size_t count, double mean, double deviation, unsigned seed)
{
  std::mt19937 numbers(seed);
  std::normal_distribution<double> score(mean, deviation);
  std::vector<double> scores(count);
  for (double& value : scores) { value = score(numbers); }
  return scores;
}

std::vector<double> joined(std::vector<double> a, const std::vector<double>& b)
{
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace

TEST_CASE("a threshold lies between two groups of scores, however few of them match", "[matching]")
{
  for (const std::size_t matches : {5U, 40U, 400U}) {
    const auto found = calibrate(joined(normal(400, 0.25, 0.07, 1), normal(matches, 0.85, 0.04, 2)), {}, {});
    CHECK(found.method == "two groups");
    REQUIRE(found.threshold);
    CHECK(*found.threshold > 0.4);
    CHECK(*found.threshold < 0.8);
    CHECK_FALSE(found.accuracy);
  }
}

TEST_CASE("scores of one kind tell no threshold", "[matching]")
{
  for (unsigned seed = 0; seed < 20; ++seed) {
    CHECK_FALSE(calibrate(normal(50, 0.3, 0.1, seed), {}, {}).threshold);
    CHECK_FALSE(calibrate(normal(1000, 0.3, 0.1, seed), {}, {}).threshold);
  }
  std::vector<double> even(200);
  std::iota(even.begin(), even.end(), 0.0);
  for (double& score : even) { score /= 200; }
  CHECK_FALSE(calibrate(even, {}, {}).threshold);
  CHECK_FALSE(calibrate({}, {}, {}).threshold);
  CHECK_FALSE(calibrate(std::vector<double>(100, 0.5), {}, {}).threshold);
  CHECK(calibrate({}, {}, {}).method == "none");
}

TEST_CASE("leave-one-out takes the middle of the widest gap with the best balanced accuracy", "[matching]")
{
  const std::vector<double> same = {0.9, 0.8, 0.7, 0.3};
  const std::vector<double> other = {0.1, 0.2, 0.25, 0.5};
  const auto found = calibrate({}, same, other);
  CHECK(found.method == "leave-one-out");
  CHECK(found.threshold.value() == Approx(0.6));
  CHECK(found.accuracy.value() == Approx(0.875));
}

TEST_CASE("each score is in one bin, the ends too, and empty bins at the ends are left out", "[matching]")
{
  const auto bins =
      calibrate(std::vector{-1.0, 0.049, 0.05, 1.0, 1.0003}, std::vector{0.5}, std::vector{0.5}).histogram;
  CHECK(bins.size() == 40);
  CHECK(bins.front().pairs == 1);
  CHECK(bins.back().pairs == 2);
  CHECK(bins[20].pairs == 1);
  CHECK(bins[21].pairs == 1);
  CHECK(bins[30].same == 1);
  CHECK(bins[30].other == 1);
  const auto few = calibrate(std::vector{0.31, 0.42}, {}, {}).histogram;
  REQUIRE(few.size() == 3);
  CHECK(few.front().from == Approx(0.3));
}
