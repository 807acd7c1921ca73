#include "picker_run.hpp"

#include <vidcv/core/error.hpp>

#include <string>

namespace vidcv {
namespace {

using testing::PickerRun;
using testing::run_picker;
using Numbers = std::vector<std::int64_t>;

constexpr double k_tick_s = 0.001;

/// Times of `count` frames at `rate`.
std::vector<double> steady(int count, double rate)
{
  std::vector<double> times_s;
  for (int i = 0; i < count; ++i) { times_s.push_back(i / rate); }
  return times_s;
}

PickerRun every(double step_s, const std::vector<double>& times_s, const Stretch& stretch = {},
                std::optional<double> end_s = std::nullopt)
{
  SamplingPlan plan;
  plan.policy = Policy::every;
  plan.every_s = step_s;
  plan.stretch = stretch;
  return run_picker(plan, {0, 0, k_tick_s, {}}, times_s, FrameKind::every, end_s);
}

PickerRun count(std::int64_t frames, const std::vector<double>& times_s, const Stretch& stretch = {},
                std::optional<double> end_s = std::nullopt)
{
  SamplingPlan plan;
  plan.policy = Policy::count;
  plan.count = frames;
  plan.stretch = stretch;
  return run_picker(plan, {0, 0, k_tick_s, times_s, end_s.value_or(testing::end_of(times_s))}, times_s,
                    FrameKind::count, end_s);
}

TEST_CASE("policy every takes the frame on the screen at each step", "[sampling][every]")
{
  CHECK(every(2, steady(200, 25)).numbers == Numbers{0, 50, 100, 150});
  CHECK(every(2, steady(201, 25)).numbers == Numbers{0, 50, 100, 150, 200});
  CHECK(every(0.1, steady(5, 25)).numbers == Numbers{0, 2});
  CHECK(every(1, {0, 0.9, 1.1, 4.5, 5}).numbers == Numbers{0, 1, 2, 4});  // on the screen at 0, 1, 2 to 4, 5
}

TEST_CASE("a step shorter than a frame takes every frame once", "[sampling][every]")
{
  CHECK(every(0.001, steady(4, 25)).numbers == Numbers{0, 1, 2, 3});
}

TEST_CASE("policy every takes a last picture that stays on the screen for a step or more", "[sampling][every]")
{
  CHECK(every(5, {0, 1, 2, 31}, {}, 60).numbers == Numbers{0, 2, 3});
  CHECK(every(5, {0, 1, 2, 31}, {0, 34}, 60).numbers == Numbers{0, 2});  // 35 s is not looked at
  CHECK(every(5, {0, 1, 2, 31}, {0, 36}, 60).numbers == Numbers{0, 2, 3});
}

TEST_CASE("a step that ends within the last frame takes that frame", "[sampling][every]")
{
  CHECK(every(0.001, steady(480, 240)).numbers.back() == 479);
  CHECK(every(0.03, steady(4, 25)).numbers == Numbers{0, 1, 2, 3});  // 0.15 s is within 0.12 s to 0.16 s
}

TEST_CASE("policy every holds one frame, however long the clip", "[sampling][every]")
{
  CHECK(every(1, steady(10000, 25)).most_held == 1);
}

TEST_CASE("steps are counted from the start of the stretch", "[sampling][every]")
{
  CHECK(every(2, steady(200, 25), {1, 6}).numbers == Numbers{25, 75, 125});
  CHECK(every(2, steady(200, 25), {7.5, 99}).numbers == Numbers{188});
}

TEST_CASE("policy count takes the middles of equal parts", "[sampling][count]")
{
  CHECK(count(4, steady(200, 25)).numbers == Numbers{25, 75, 125, 175});
  CHECK(count(1, steady(200, 25)).numbers == Numbers{100});
  CHECK(count(2, steady(200, 25), {4, 8}).numbers == Numbers{125, 175});
}

TEST_CASE("policy count looks at a last picture as long as it stays", "[sampling][count]")
{
  CHECK(count(4, {0, 1, 2, 31}, {}, 60).numbers == Numbers{2, 3});
  CHECK(count(2, {0, 1, 2, 31}, {}, 60).numbers == Numbers{2, 3});
}

TEST_CASE("more frames than the clip has are all of them, once, and nothing is missing", "[sampling][count]")
{
  const PickerRun run = count(100, steady(3, 25));
  CHECK(run.numbers == Numbers{0, 1, 2});
  CHECK(run.missing.empty());
}

TEST_CASE("a clip that ends before its packets do still gives the count its last frame", "[sampling][count]")
{
  SamplingPlan plan;
  plan.policy = Policy::count;
  plan.count = 4;
  const PickerRun run = run_picker(plan, {0, 0, k_tick_s, steady(200, 25), 8}, steady(120, 25), FrameKind::count);
  CHECK(run.numbers == Numbers{25, 75, 119});
  CHECK(run.missing.empty());
}

TEST_CASE("one frame is enough for every policy", "[sampling]")
{
  CHECK(every(2, {0}).numbers == Numbers{0});
  CHECK(count(3, {0}).numbers == Numbers{0});
}

TEST_CASE("policy keyframes takes all that come and holds none", "[sampling][keyframes]")
{
  SamplingPlan plan;
  plan.policy = Policy::keyframes;
  const PickerRun run = run_picker(plan, {}, steady(5, 0.5), FrameKind::keyframe);
  CHECK(run.numbers == Numbers{0, 1, 2, 3, 4});
  CHECK(run.most_held == 0);
}

TEST_CASE("of all frames policy keyframes takes the keyframes, and the first frame of a clip without one",
          "[sampling][keyframes]")
{
  SamplingPlan plan;
  plan.policy = Policy::keyframes;
  const auto chosen = [&](const std::set<std::int64_t>& keyframes) {
    return run_picker(plan, {}, steady(50, 25), FrameKind::keyframe, std::nullopt, keyframes).numbers;
  };
  CHECK(chosen({0, 25}) == Numbers{0, 25});
  CHECK(chosen({37}) == Numbers{37});
  CHECK(chosen({}) == Numbers{0});
}

TEST_CASE("a stretch changes the words of a plan, and the same plan has the same words", "[sampling]")
{
  SamplingPlan plan;
  plan.policy = Policy::every;
  CHECK(describe(plan) == "every 2");
  plan.stretch.start_s = 1.5;
  CHECK(describe(plan) == "every 2 from=1.5 to=inf");
  for (const char* word : {"budget", "reference", "every", "count", "keyframes"}) { CHECK_NOTHROW(parse_policy(word)); }
  CHECK_THROWS_AS(parse_policy("every 2"), UsageError);
}

}  // namespace
}  // namespace vidcv
