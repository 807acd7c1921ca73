#include "picker_run.hpp"

#include <map>

namespace vidcv {
namespace {

using Numbers = std::vector<std::int64_t>;
using Levels = std::map<std::int64_t, double>;

constexpr double k_fps = 20;

struct SceneRun {
  std::vector<Pick> picks;
  std::vector<Rejection> rejected;
  std::size_t most_held = 0;

  Numbers numbers() const
  {
    Numbers list;
    for (const Pick& pick : picks) { list.push_back(pick.frame.number); }
    return list;
  }
};

/// A clip at 20 frames per second: steps of 0.02 but for some, and a quality that is even but for some frames.
SceneRun run_scenes(int frames, const Levels& steps, const Levels& sharpness = {})
{
  SceneRun run;
  std::set<std::int64_t> held;
  const auto look = [&](std::int64_t number) {
    CHECK(held.contains(number));
    const auto found = sharpness.find(number);
    return FrameStats{.sharpness = found == sharpness.end() ? 0.5 : found->second, .exposure = 1};
  };
  SamplingPlan plan;
  plan.policy = Policy::scene;
  const auto picker =
      make_picker(plan, {0, k_fps, 1 / k_fps}, {look, [&](const Rejection& one) { run.rejected.push_back(one); }});
  const auto take = [&](const std::vector<Pick>& picks) {
    for (const Pick& pick : picks) { CHECK(held.contains(pick.frame.number)); }
    run.picks.insert(run.picks.end(), picks.begin(), picks.end());
  };
  for (int i = 0; i < frames; ++i) {
    held.insert(i);
    const auto step = steps.find(i);
    std::optional<double> ratio = step == steps.end() ? 0.02 : step->second;
    if (i == 0 || ratio < 0) { ratio.reset(); }
    picker->offer({i, i / k_fps, ratio});
    take(picker->decided());
    std::erase_if(held, [&](std::int64_t number) { return !picker->holds(number); });
    run.most_held = std::max(run.most_held, held.size());
  }
  take(picker->finish(0));
  return run;
}

TEST_CASE("each shot gives one frame, with the start and end of the shot", "[sampling][scene]")
{
  const SceneRun run = run_scenes(100, {{40, 0.8}, {70, 0.5}});
  CHECK(run.numbers() == Numbers{0, 40, 70});
  REQUIRE(run.picks.size() == 3);
  CHECK(run.picks[1].kind == FrameKind::scene);
  CHECK(run.picks[1].shot->start_s == Approx(2));
  CHECK(run.picks[1].shot->end_s == Approx(3.5));
  CHECK(run.picks[2].shot->end_s == Approx(4.95));
  CHECK(run.most_held <= 4);
}

TEST_CASE("of a shot the best of the frames looked at each half second is taken, the earliest of a tie",
          "[sampling][scene]")
{
  const SceneRun run = run_scenes(100, {{40, 0.8}}, {{10, 0.9}, {20, 0.9}, {45, 1.0}, {50, 0.7}});
  CHECK(run.numbers() == Numbers{10, 50});  // frame 45 is looked at by nobody
  CHECK(run.rejected.size() == 8);
}

TEST_CASE("motion that goes on is no cut, one step beyond its neighbours is", "[sampling][scene]")
{
  CHECK(run_scenes(100, {{40, 0.5}, {41, 0.5}, {42, 0.45}}).numbers() == Numbers{0});
  CHECK(run_scenes(100, {{38, 0.5}, {40, 0.7}}).numbers() == Numbers{0});
  CHECK(run_scenes(100, {{38, 0.4}, {40, 0.61}, {42, 0.4}}).numbers() == Numbers{0, 40});
  CHECK(run_scenes(100, {{37, 0.5}, {40, 0.5}}).numbers() == Numbers{0, 37});  // 40 would end a shot of 0.15 s
  CHECK(run_scenes(100, {{40, 0.29}}).numbers() == Numbers{0});
}

TEST_CASE("a change of size is a cut, and so is one at the last frame", "[sampling][scene]")
{
  CHECK(run_scenes(60, {{30, -1}}).numbers() == Numbers{0, 30});
  CHECK(run_scenes(60, {{59, 0.9}}).numbers() == Numbers{0, 59});
}

TEST_CASE("no shot is shorter than half a second", "[sampling][scene]")
{
  CHECK(run_scenes(60, {{9, 0.9}}).numbers() == Numbers{0});
  CHECK(run_scenes(60, {{10, 0.9}}).numbers() == Numbers{0, 10});
}

TEST_CASE("short clips are one shot, none is none", "[sampling][scene]")
{
  CHECK(run_scenes(1, {}).numbers() == Numbers{0});
  CHECK(run_scenes(2, {}).numbers() == Numbers{0});
  CHECK(run_scenes(0, {}).picks.empty());
}

}  // namespace
}  // namespace vidcv
