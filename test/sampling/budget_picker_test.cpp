#include "picker_run.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace vidcv {
namespace {

using Numbers = std::vector<std::int64_t>;

constexpr double k_fps = 24;

std::vector<FrameFacts> clip_of(int frames, const std::map<std::int64_t, double>& moving = {}, double fps = k_fps)
{
  std::vector<FrameFacts> clip;
  for (int i = 0; i < frames; ++i) {
    FrameFacts facts{i, i / fps, 0.02};
    if (i == 0) { facts.motion_ratio.reset(); }
    if (const auto found = moving.find(i); found != moving.end()) { facts.motion_ratio = found->second; }
    clip.push_back(facts);
  }
  return clip;
}

/// Runs a picker as a decoder does: a frame that is not held is gone for good. The most frames that were held go to
/// `peak`.
std::vector<Pick> picked(const std::vector<FrameFacts>& clip, int max_frames, double tick_s = 1 / k_fps,
                         std::size_t* peak = nullptr)
{
  SamplingPlan plan;
  plan.max_frames = max_frames;
  const auto picker = make_picker(plan, {0, 0, tick_s}, testing::sharp_frames());
  std::set<std::int64_t> held;
  for (const FrameFacts& frame : clip) {
    held.insert(frame.number);
    picker->offer(frame);
    std::erase_if(held, [&](std::int64_t number) { return !picker->holds(number); });
    if (peak != nullptr) { *peak = std::max(*peak, held.size()); }
  }
  const std::vector<Pick> picks = picker->finish(0);
  for (const Pick& pick : picks) { CHECK(held.contains(pick.frame.number)); }
  CHECK(std::ranges::is_sorted(picks, std::ranges::less{}, [](const Pick& pick) { return pick.frame.number; }));
  return picks;
}

Numbers numbers(const std::vector<Pick>& picks, std::optional<FrameKind> kind = std::nullopt)
{
  Numbers result;
  for (const Pick& pick : picks) {
    if (!kind || pick.kind == *kind) { result.push_back(pick.frame.number); }
  }
  return result;
}

TEST_CASE("the base frames of 8 s at 24 fps are 0, 48, 96, 144 and 191", "[sampling][budget]")
{
  const auto picks = picked(clip_of(192), 8);
  CHECK(numbers(picks, FrameKind::base) == Numbers{0, 48, 96, 144, 191});
  CHECK(picks.size() == 5);
}

TEST_CASE("at a constant rate the base frame of a time is frame int(t x fps)", "[sampling][budget]")
{
  CHECK(numbers(picked(clip_of(300, {}, 29.97), 8, 1 / 30000.0)) == Numbers{0, 59, 119, 179, 299});
  CHECK(numbers(picked(clip_of(100, {}, 12.5), 8, 0.001)) == Numbers{0, 25, 50, 75, 99});
}

TEST_CASE("a timestamp that its clock rounded up by half a tick still counts as on time", "[sampling][budget]")
{
  auto clip = clip_of(192);
  clip[48].timestamp_s = 2.0004;  // of a clock of milliseconds
  CHECK(numbers(picked(clip, 8, 0.001)) == Numbers{0, 48, 96, 144, 191});
  CHECK(numbers(picked(clip, 8, 0.0001)) == Numbers{0, 47, 96, 144, 191});
}

TEST_CASE("short clips have each base frame once", "[sampling][budget]")
{
  CHECK(numbers(picked(clip_of(1), 8)) == Numbers{0});
  CHECK(numbers(picked(clip_of(2), 8)) == Numbers{0, 1});
  CHECK(numbers(picked(clip_of(49), 8)) == Numbers{0, 48});
  CHECK(numbers(picked(clip_of(60), 8)) == Numbers{0, 48, 59});
  CHECK(picked({}, 8).empty());
}

TEST_CASE("a cap below five keeps base frames in the order first, last, 4 s, 2 s, 6 s", "[sampling][budget]")
{
  const std::map<std::int64_t, double> moving = {{10, 0.9}, {100, 0.9}};
  CHECK(numbers(picked(clip_of(192, moving), 1)) == Numbers{0});
  CHECK(numbers(picked(clip_of(192, moving), 2)) == Numbers{0, 191});
  CHECK(numbers(picked(clip_of(192, moving), 3)) == Numbers{0, 96, 191});
  CHECK(numbers(picked(clip_of(192, moving), 4)) == Numbers{0, 48, 96, 191});
  CHECK(numbers(picked(clip_of(192, moving), 5)) == Numbers{0, 48, 96, 144, 191});
}

TEST_CASE("the last frame is kept when motion alone would fill the budget", "[sampling][budget]")
{
  std::map<std::int64_t, double> moving;
  for (int i = 10; i < 19; ++i) { moving[i] = 0.6; }
  const auto picks = picked(clip_of(240, moving), 8);
  CHECK(picks.size() == 8);
  CHECK(picks.back().frame.number == 239);
  CHECK(picks.back().kind == FrameKind::base);
  CHECK(numbers(picks, FrameKind::motion).size() == 3);
}

TEST_CASE("a frame at the motion threshold is no motion frame, one above it is", "[sampling][budget]")
{
  CHECK(numbers(picked(clip_of(192, {{10, 0.15}, {20, 0.1501}}), 8), FrameKind::motion) == Numbers{20});
}

TEST_CASE("a base frame that moves is picked once, as a base frame", "[sampling][budget]")
{
  const auto picks = picked(clip_of(192, {{48, 0.9}, {191, 0.9}}), 8);
  CHECK(numbers(picks) == Numbers{0, 48, 96, 144, 191});
  CHECK(numbers(picks, FrameKind::motion).empty());
}

TEST_CASE("where motion frames are too many, the weaker of the two nearest goes first", "[sampling][budget]")
{
  // room for two; 30 and 32 are the nearest, the weaker of them is 30
  CHECK(numbers(picked(clip_of(192, {{10, 0.2}, {30, 0.5}, {32, 0.6}}), 7), FrameKind::motion) == Numbers{10, 32});
  // of a tie the later goes
  CHECK(numbers(picked(clip_of(192, {{10, 0.2}, {30, 0.6}, {32, 0.6}}), 7), FrameKind::motion) == Numbers{10, 30});
  CHECK(numbers(picked(clip_of(192, {{30, 0.5}, {170, 0.6}}), 6), FrameKind::motion) == Numbers{170});
}

TEST_CASE("a burst of motion does not push a lone motion frame at the end out", "[sampling][budget]")
{
  std::map<std::int64_t, double> moving = {{180, 0.2}};
  for (int i = 1; i < 40; ++i) { moving[i] = 0.9; }
  const Numbers motion = numbers(picked(clip_of(192, moving), 8), FrameKind::motion);
  REQUIRE(motion.size() == 3);
  CHECK(motion.back() == 180);
}

TEST_CASE("over 10000 busy frames memory stays bounded and every choice was held throughout", "[sampling][budget]")
{
  const int max_frames = GENERATE(1, 2, 5, 8, 64);
  std::mt19937 random(static_cast<unsigned>(max_frames));
  std::map<std::int64_t, double> moving;
  for (int i = 1; i < 10000; ++i) { moving[i] = static_cast<double>(random() % 1000) / 1000; }
  std::size_t peak = 0;
  const auto picks = picked(clip_of(10000, moving), max_frames, 1 / k_fps, &peak);
  CHECK(peak <= 2 * static_cast<std::size_t>(max_frames) + 6);
  CHECK(picks.size() == static_cast<std::size_t>(max_frames));
  CHECK(picks.front().frame.number == 0);
  CHECK((max_frames == 1 || picks.back().frame.number == 9999));
}

TEST_CASE("a pair whose ratio is not known is no motion", "[sampling][budget]")
{
  auto clip = clip_of(192);
  clip[20].motion_ratio.reset();  // the size changed there
  CHECK(numbers(picked(clip, 8)) == Numbers{0, 48, 96, 144, 191});
}

/// What frames look like: even grays of a level, so that levels further apart than 30 are other pictures.
struct Scenery {
  std::map<std::int64_t, int> levels;  // 100 where nothing is said
  std::set<std::int64_t> blank;
  std::set<std::int64_t> blurred;
  std::vector<Rejection> rejected = {};

  Numbers picked(int frames, const std::map<std::int64_t, double>& moving, int max_frames = 8)
  {
    SamplingPlan plan;
    plan.max_frames = max_frames;
    const auto look = [this](std::int64_t number) {
      const auto found = levels.find(number);
      const auto level = static_cast<std::uint8_t>(found == levels.end() ? 100 : found->second);
      return FrameStats{.width = 4,
                        .height = 1,
                        .gray = std::vector<std::uint8_t>(4, level),
                        .blank = blank.contains(number),
                        .sharpness = blurred.contains(number) ? 0.1 : 0.8,
                        .exposure = 1};
    };
    const auto picker =
        make_picker(plan, {0, 0, 1 / k_fps}, {look, [this](const Rejection& one) { rejected.push_back(one); }});
    for (const FrameFacts& frame : clip_of(frames, moving)) { picker->offer(frame); }
    return numbers(picker->finish(0), FrameKind::motion);
  }

  std::string why(std::int64_t number) const
  {
    for (const Rejection& one : rejected) {
      if (one.frame.number == number) { return one.why; }
    }
    return "";
  }
};

TEST_CASE("near-duplicates of a chosen frame do not fill the budget", "[sampling][budget]")
{
  Scenery cuts{{{60, 200}, {70, 205}, {120, 30}}, {}, {}};  // 100 is what the base frames show
  CHECK(cuts.picked(192, {{60, 0.9}, {70, 0.95}, {80, 0.9}, {120, 0.5}}) == Numbers{60, 120});
  CHECK(cuts.why(70) == "a near-duplicate of frame 60");
  CHECK(cuts.why(80) == "a near-duplicate of base frame 0");
}

TEST_CASE("blank and blurred motion frames are passed over", "[sampling][budget]")
{
  Scenery night{{{20, 200}, {30, 200}, {40, 200}}, {20}, {30}};
  CHECK(night.picked(192, {{20, 0.9}, {30, 0.9}, {40, 0.2}}) == Numbers{40});
  CHECK(night.why(20) == "blank");
  CHECK(night.why(30) == "blurred");
}

TEST_CASE("each frame for which there is no room has its reason", "[sampling][budget]")
{
  Scenery busy{{{30, 200}, {32, 150}, {100, 250}}, {}, {}};
  CHECK(busy.picked(192, {{30, 0.5}, {32, 0.6}}, 6) == Numbers{32});
  CHECK(busy.why(30) == "no room for it, and near frame 32");
  CHECK(busy.picked(192, {{100, 0.9}}, 3).empty());
  CHECK(busy.why(48) == "on the screen 2 s after the first, but there is room for 3 frames");
  CHECK(busy.why(100) == "no room for it, and near frame 96");
}

}  // namespace
}  // namespace vidcv
