#include "picker_run.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <vector>

namespace vidcv {
namespace {

using Numbers = std::vector<std::int64_t>;

constexpr double k_fps = 24;

struct Choice {
  Numbers bases;
  Numbers motions;
  std::size_t most_held = 0;
  Numbers all;
};

SamplingPlan plan_of(Policy policy, int max_frames)
{
  SamplingPlan plan;
  plan.policy = policy;
  plan.max_frames = max_frames;
  return plan;
}

/// Runs a picker as a decoder does: a frame that is not held is gone for good.
Choice choose(const SamplingPlan& plan, const std::vector<FrameFacts>& clip)
{
  const auto picker = make_picker(plan, {0, 0, 1 / k_fps, {}}, testing::sharp_frames());
  Choice choice;
  std::set<std::int64_t> held;
  const auto take = [&](const std::vector<Pick>& picks) {
    for (const Pick& pick : picks) {
      CHECK(held.contains(pick.frame.number));
      CHECK((choice.all.empty() || choice.all.back() < pick.frame.number));
      choice.all.push_back(pick.frame.number);
      (pick.kind == FrameKind::base ? choice.bases : choice.motions).push_back(pick.frame.number);
    }
  };
  for (const FrameFacts& frame : clip) {
    if (frame.timestamp_s < plan.stretch.start_s) { continue; }
    held.insert(frame.number);
    picker->offer(frame);
    take(picker->decided());
    std::erase_if(held, [&](std::int64_t number) { return !picker->holds(number); });
    choice.most_held = std::max(choice.most_held, held.size());
  }
  take(picker->finish(clip.back().timestamp_s + 1 / k_fps));
  return choice;
}

std::vector<FrameFacts> clip_of(int frames, const std::map<std::int64_t, double>& moving = {})
{
  std::vector<FrameFacts> clip;
  for (int i = 0; i < frames; ++i) {
    const auto found = moving.find(i);
    clip.push_back({i, i / k_fps, found == moving.end() ? 0.02 : found->second});
  }
  clip.front().motion_ratio.reset();
  return clip;
}

TEST_CASE("clips of up to ten seconds are sampled as by the budget", "[sampling][auto]")
{
  std::mt19937 random(3);
  for (const int frames : {1, 2, 47, 192, 193, 200, 241}) {
    for (const int max_frames : {0, 3, 8, 20}) {
      std::map<std::int64_t, double> moving;
      for (int i = 0; i < 30; ++i) { moving[random() % 241] = 0.2 + 0.001 * static_cast<double>(random() % 700); }
      const auto clip = clip_of(frames, moving);
      const Choice found = choose(plan_of(Policy::automatic, max_frames), clip);
      CHECK(found.all == choose(plan_of(Policy::budget, max_frames == 0 ? 8 : max_frames), clip).all);
    }
  }
}

TEST_CASE("longer clips have base frames every two seconds, and their last one", "[sampling][auto]")
{
  const Choice found = choose(plan_of(Policy::automatic, 0), clip_of(12 * 24));
  CHECK(found.bases == Numbers{0, 48, 96, 144, 192, 240, 287});
  CHECK(found.motions.empty());
}

TEST_CASE("each eight seconds of a longer clip have a budget of eight frames", "[sampling][auto]")
{
  std::map<std::int64_t, double> moving;
  for (std::int64_t i = 3; i < 139 * 24; i += 7) { moving[i] = 0.2 + 0.001 * static_cast<double>(i % 97); }
  const Choice found = choose(plan_of(Policy::automatic, 0), clip_of(139 * 24, moving));
  for (int window = 0; window < 17; ++window) {
    const auto in_window = std::ranges::count_if(
        found.all, [&](std::int64_t number) { return number >= window * 192 && number < (window + 1) * 192; });
    CHECK(in_window == 8);
  }
  CHECK(found.bases.size() == 71);
  CHECK(std::ranges::adjacent_find(found.all) == found.all.end());
}

TEST_CASE("memory does not grow with the clip", "[sampling][auto]")
{
  std::map<std::int64_t, double> moving;
  for (std::int64_t i = 0; i < 7200 * 24; i += 3) { moving[i] = 0.5; }
  CHECK(choose(plan_of(Policy::automatic, 0), clip_of(600 * 24, moving)).most_held <= 60);
  CHECK(choose(plan_of(Policy::automatic, 0), clip_of(7200 * 24, moving)).most_held <= 60);
  CHECK(choose(plan_of(Policy::automatic, 64), clip_of(7200 * 24, moving)).most_held <= 180);
}

TEST_CASE("a frame that stays on the screen for several steps is kept once", "[sampling][auto]")
{
  const std::vector<FrameFacts> slides = {{0, 0, {}}, {1, 9, 0.9}, {2, 31, 0.9}, {3, 33.5, 0.9}, {4, 60, 0.01}};
  CHECK(choose(plan_of(Policy::automatic, 0), slides).all == Numbers{0, 1, 2, 3, 4});
}

TEST_CASE("a cap spreads the frames over the whole clip", "[sampling][auto]")
{
  std::map<std::int64_t, double> moving;
  for (std::int64_t i = 3; i < 120 * 24; i += 5) { moving[i] = 0.4; }
  for (const int cap : {1, 2, 7, 20, 64}) {
    const Choice found = choose(plan_of(Policy::automatic, cap), clip_of(120 * 24, moving));
    REQUIRE(found.all.size() == static_cast<std::size_t>(cap));
    CHECK(found.all.front() == 0);
    if (cap > 1) { CHECK(found.all.back() == 120 * 24 - 1); }
    for (std::size_t i = 1; i < found.all.size(); ++i) { CHECK(found.all[i] - found.all[i - 1] <= 4 * 120 * 24 / cap); }
  }
}

TEST_CASE("a part of a clip counts its ten seconds and its base frames from its start", "[sampling][auto]")
{
  SamplingPlan plan = plan_of(Policy::automatic, 0);
  plan.stretch = {5, 17};
  std::vector<FrameFacts> clip = clip_of(17 * 24);
  CHECK(choose(plan, clip).bases == Numbers{120, 168, 216, 264, 312, 360, 407});
  plan.stretch.start_s = 8;
  CHECK(choose(plan, clip).bases == Numbers{192, 240, 288, 336, 407});
}

}  // namespace
}  // namespace vidcv
