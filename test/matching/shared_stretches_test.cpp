#include "../random_units.hpp"

#include <vidcv/matching/shared_stretches.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

namespace vidcv {
namespace {

constexpr std::size_t k_dim = 64;
constexpr double k_least = 0.7;

/// Contents that have nothing to do with one another, of which clips are made.
const std::vector<std::vector<float>>& contents()
{
  static const auto all = testing::random_units(200, k_dim, 3);
  return all;
}

/// Frames each `step_s`, from `begin` on, of contents that follow one another each second / `speed`: what lies between
/// two of them is a mixture.
class Clip {
 public:
  Clip(double begin, int frames, double step_s = 1, double speed = 1)
  {
    m_vectors.reserve(static_cast<std::size_t>(frames));
    for (int i = 0; i < frames; ++i) { add(i * step_s, begin + i * step_s * speed); }
  }

  void add(double time_s, double content)
  {
    const auto& from = contents()[static_cast<std::size_t>(content)];
    const auto& to = contents()[static_cast<std::size_t>(content) + 1];
    const auto share = static_cast<float>(content - std::floor(content));
    std::vector<float> vector(k_dim);
    float squares = 0;
    for (std::size_t k = 0; k < k_dim; ++k) {
      vector[k] = (1 - share) * from[k] + share * to[k];
      squares += vector[k] * vector[k];
    }
    for (float& x : vector) { x /= std::sqrt(squares); }
    m_vectors.push_back(std::move(vector));
    m_times_s.push_back(time_s);
  }

  Footage footage() const
  {
    Footage footage{m_times_s};
    for (const auto& vector : m_vectors) { footage.vectors.push_back(vector); }
    return footage;
  }

 private:
  std::vector<double> m_times_s;
  std::vector<std::vector<float>> m_vectors;
};

std::vector<SharedStretch> stretches(const Clip& one, const Clip& other)
{
  return shared_stretches(one.footage(), other.footage(), k_least);
}

}  // namespace

TEST_CASE("a clip is itself from end to end, at its own speed", "[matching]")
{
  const auto found = stretches(Clip(10, 8), Clip(10, 8));
  REQUIRE(found.size() == 1);
  CHECK(found[0].first == 0);
  CHECK(found[0].last == 7);
  CHECK(found[0].other_first == 0);
  CHECK(found[0].other_last == 7);
  CHECK(found[0].line.speed == 1);
  CHECK(found[0].line.offset_s == Approx(0).margin(1e-9));
  CHECK(found[0].score == Approx(1).margin(1e-6));
}

TEST_CASE("a part is found where it is, whichever clip is the longer", "[matching]")
{
  const auto in_long = stretches(Clip(15, 5), Clip(10, 20));
  REQUIRE(in_long.size() == 1);
  CHECK(in_long[0].other_first == 5);
  CHECK(in_long[0].other_last == 9);
  CHECK(in_long[0].line.at(0) == Approx(5));
  const auto of_long = stretches(Clip(10, 20), Clip(15, 5));
  REQUIRE(of_long.size() == 1);
  CHECK(of_long[0].first == 5);
  CHECK(of_long[0].last == 9);
  CHECK(of_long[0].line.at(5) == Approx(0).margin(1e-9));
}

TEST_CASE("offsets that are no whole steps are found within one", "[matching]")
{
  const auto found = stretches(Clip(12.3, 8, 0.5), Clip(10, 20, 0.5));
  REQUIRE(found.size() == 1);
  CHECK(found[0].line.at(0) == Approx(2.3).margin(0.5));
}

TEST_CASE("speeds from half to twice are found", "[matching]")
{
  for (const double speed : {0.5, 0.8, 24.0 / 25, 1.0, 25.0 / 24, 1.25, 2.0}) {
    CAPTURE(speed);
    const int frames = static_cast<int>(40 / speed);
    const auto found = stretches(Clip(10, frames, 0.5, speed), Clip(10, 40, 0.5));
    REQUIRE(!found.empty());
    CHECK(found[0].line.speed == Approx(speed).epsilon(0.06));
    CHECK(found[0].first == 0);
    CHECK(found[0].last + 3 >= static_cast<std::size_t>(frames));
  }
}

TEST_CASE("each passage that two clips share is a stretch of its own", "[matching]")
{
  Clip one(10, 6);  // then other contents, then a part that comes earlier in the other
  for (int i = 6; i < 10; ++i) { one.add(i, 100 + i); }
  for (int i = 10; i < 14; ++i) { one.add(i, 30 + i); }
  Clip other(40, 6);
  for (int i = 6; i < 12; ++i) { other.add(i, 140 + i); }
  for (int i = 12; i < 18; ++i) { other.add(i, i - 2); }
  const auto found = stretches(one, other);
  REQUIRE(found.size() == 2);
  CHECK(found[0].first == 0);
  CHECK(found[0].last == 5);
  CHECK(found[0].other_first == 12);
  CHECK(found[1].first == 10);
  CHECK(found[1].last == 13);
  CHECK(found[1].other_first == 0);
}

TEST_CASE("different clips, single frames of clips and empty clips share nothing", "[matching]")
{
  CHECK(stretches(Clip(10, 8), Clip(50, 8)).empty());
  CHECK(stretches(Clip(10, 1), Clip(10, 8)).empty());
  CHECK(stretches(Clip(10, 0), Clip(10, 8)).empty());
  CHECK(stretches(Clip(10, 8), Clip(10, 0)).empty());
  CHECK(stretches(Clip(10, 1), Clip(10, 1)).size() == 1);
}

TEST_CASE("frames in another order are no stretch", "[matching]")
{
  Clip backwards(10, 0);
  for (int i = 0; i < 8; ++i) { backwards.add(i, 17 - i); }
  for (const SharedStretch& stretch : stretches(backwards, Clip(10, 8))) { CHECK(stretch.last - stretch.first < 2); }
}

TEST_CASE("all pairs of clips that can share a stretch are alike, by the earlier one", "[matching]")
{
  std::vector<Clip> clips;
  for (int i = 0; i < 30; ++i) {
    clips.emplace_back(5 * i, 6);
  }  // none shares a whole content but its neighbour's last
  clips.emplace_back(52, 3);
  std::vector<Footage> footage;
  for (const Clip& clip : clips) { footage.push_back(clip.footage()); }
  std::vector<std::pair<std::size_t, std::size_t>> expected;
  for (std::size_t i = 0; i < 29; ++i) {
    expected.emplace_back(i, i + 1);
    if (i == 10) { expected.emplace_back(10, 30); }
  }
  std::vector<std::pair<std::size_t, std::size_t>> found;
  for (const AlikeClips& pair : alike_clips(footage, 0.95, 2)) { found.emplace_back(pair.earlier, pair.later); }
  std::ranges::sort(found);
  CHECK(std::ranges::includes(found, expected));  // and a few that are nearly as alike
  CHECK(found.size() <= expected.size() + 5);
  CHECK(alike_clips({}, 0.95, 2).empty());
}

}  // namespace vidcv
