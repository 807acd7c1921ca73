#include "picker_run.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <set>
#include <vector>

namespace vidcv {
namespace {

using Numbers = std::vector<std::int64_t>;

struct Case {
  std::vector<double> ratios;  // of the frames after the first
  ClipTiming claims;
  int max_frames = 8;
};

/// What the Python service writes: sorted(base | motion)[:max_frames], without what does not decode.
Numbers expected(const Case& what)
{
  const std::int64_t last = what.claims.frames - 1;
  std::set<std::int64_t> all = {last};
  for (const double time_s : {0.0, 2.0, 4.0, 6.0}) {
    all.insert(std::max<std::int64_t>(0, std::min(static_cast<std::int64_t>(time_s * what.claims.rate), last)));
  }
  for (std::size_t i = 0; i < what.ratios.size(); ++i) {
    if (what.ratios[i] > 0.15) { all.insert(static_cast<std::int64_t>(i) + 1); }
  }
  Numbers picked(all.begin(), all.end());
  picked.resize(std::min(picked.size(), static_cast<std::size_t>(what.max_frames)));
  std::erase_if(picked, [&](std::int64_t number) { return number > static_cast<std::int64_t>(what.ratios.size()); });
  return picked;
}

/// Runs the picker as a decoder does: a frame that is not held is gone for good.
std::vector<Pick> picked(const Case& what, std::size_t* peak = nullptr)
{
  SamplingPlan plan;
  plan.policy = Policy::reference;
  plan.max_frames = what.max_frames;
  const auto picker = make_picker(plan, what.claims, testing::sharp_frames());
  std::set<std::int64_t> held;
  for (std::size_t i = 0; i <= what.ratios.size(); ++i) {
    const auto number = static_cast<std::int64_t>(i);
    held.insert(number);
    picker->offer(
        {number, static_cast<double>(i) / 24, i == 0 ? std::nullopt : std::optional<double>(what.ratios[i - 1])});
    std::erase_if(held, [&](std::int64_t one) { return !picker->holds(one); });
    if (peak != nullptr) { *peak = std::max(*peak, held.size()); }
  }
  const auto picks = picker->finish(0);
  for (const Pick& pick : picks) { CHECK(held.contains(pick.frame.number)); }
  return picks;
}

Numbers numbers(const std::vector<Pick>& picks)
{
  Numbers result;
  for (const Pick& pick : picks) { result.push_back(pick.frame.number); }
  return result;
}

Case random_case(std::mt19937& random)
{
  const auto frames = static_cast<std::size_t>(random() % 400);
  const unsigned busy = 1U << random() % 8;
  Case what;
  for (std::size_t i = 0; i < frames; ++i) { what.ratios.push_back(random() % busy == 0 ? 0.6 : 0.02); }
  const double rates[] = {24, 23.976, 29.97, 1, 0.1, 600};
  what.claims = {static_cast<std::int64_t>(1 + random() % 400), rates[random() % 6], 0.04};
  if (random() % 2 == 0) {
    what.claims.frames = static_cast<std::int64_t>(frames) + 1;
  }  // a container that tells the truth
  what.max_frames = 1 + static_cast<int>(random() % 12);
  return what;
}

TEST_CASE("the reference policy keeps, frame for frame, what the Python service keeps", "[sampling][reference]")
{
  std::mt19937 random(1974);
  int differences = 0;
  for (int round = 0; round < 2000; ++round) {
    const Case what = random_case(random);
    differences += numbers(picked(what)) == expected(what) ? 0 : 1;
  }
  CHECK(differences == 0);
}

TEST_CASE("the reference policy loses the end of a busy clip", "[sampling][reference]")
{
  const auto picks = picked({std::vector<double>(191, 0.6), {192, 24, 0.04}});
  CHECK(numbers(picks) == Numbers{0, 1, 2, 3, 4, 5, 6, 7});
  CHECK(picks[0].kind == FrameKind::base);
  CHECK(picks[1].kind == FrameKind::motion);
}

TEST_CASE("a claimed frame that does not decode takes a place in the cut and is dropped after it",
          "[sampling][reference]")
{
  Case what{std::vector<double>(100, 0.02), {192, 24, 0.04}, 8};
  CHECK(numbers(picked(what)) == Numbers{0, 48, 96});
  what.ratios[98] = what.ratios[99] = 0.6;
  CHECK(numbers(picked(what)) == Numbers{0, 48, 96, 99, 100});
  what.max_frames = 4;
  CHECK(numbers(picked(what)) == Numbers{0, 48, 96, 99});
}

TEST_CASE("the reference policy holds no more than base frames and max_frames of motion", "[sampling][reference]")
{
  std::size_t peak = 0;
  picked({std::vector<double>(10000, 0.6), {10001, 24, 0.04}, 8}, &peak);
  CHECK(peak <= 8 + 5);
}

TEST_CASE("a reference clip of no frames gives no picks", "[sampling][reference]")
{
  SamplingPlan plan;
  plan.policy = Policy::reference;
  CHECK(make_picker(plan, {192, 24, 0.04}, testing::sharp_frames())->finish(0).empty());
}

}  // namespace
}  // namespace vidcv
