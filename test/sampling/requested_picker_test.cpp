#include "picker_run.hpp"

#include <vidcv/core/error.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace vidcv {
namespace {

using testing::PickerRun;
using testing::run_picker;
using Numbers = std::vector<std::int64_t>;
using Texts = std::vector<std::string>;

constexpr double k_tick_s = 0.001;

PickerRun requested(const std::vector<double>& times_s, const Numbers& wanted_frames,
                    const std::vector<double>& wanted_times)
{
  SamplingPlan plan;
  plan.policy = Policy::requested;
  plan.frames = wanted_frames;
  plan.times = wanted_times;
  return run_picker(plan, {0, 0, k_tick_s, {}}, times_s, FrameKind::requested);
}

const std::vector<double> k_four_frames = {0, 0.5, 1.5,
                                           2.0};  // of a variable rate; the last is on the screen until 2.5

TEST_CASE("frames asked for by number come in presentation order, each once", "[sampling][requested]")
{
  const auto outcome = requested(k_four_frames, {3, 0, 3, 2}, {});
  CHECK(outcome.numbers == Numbers{0, 2, 3});
  CHECK(outcome.missing.empty());
}

TEST_CASE("a number that the clip has not is missing, by name", "[sampling][requested]")
{
  const auto outcome = requested(k_four_frames, {1, 4, -1}, {});
  CHECK(outcome.numbers == Numbers{1});
  CHECK(outcome.missing == Texts{"no frame -1", "no frame 4"});
}

TEST_CASE("a time gives the frame that is on the screen then", "[sampling][requested]")
{
  CHECK(requested(k_four_frames, {}, {0}).numbers == Numbers{0});
  CHECK(requested(k_four_frames, {}, {0.499}).numbers == Numbers{0});
  CHECK(requested(k_four_frames, {}, {0.5}).numbers == Numbers{1});
  CHECK(requested(k_four_frames, {}, {1.4}).numbers == Numbers{1});
  CHECK(requested(k_four_frames, {}, {1.9, 0.1, 0.2}).numbers == Numbers{0, 2});
}

TEST_CASE("half a tick of the clip's clock is allowed, and more is not", "[sampling][requested]")
{
  CHECK(requested(k_four_frames, {}, {0.4996}).numbers == Numbers{1});
  CHECK(requested(k_four_frames, {}, {0.4994}).numbers == Numbers{0});
}

TEST_CASE("the last frame is on the screen as long as the one before it was", "[sampling][requested]")
{
  CHECK(requested(k_four_frames, {}, {2.0}).numbers == Numbers{3});
  CHECK(requested(k_four_frames, {}, {2.49}).numbers == Numbers{3});
  const auto outcome = requested(k_four_frames, {}, {2.51, 3.5});
  CHECK(outcome.numbers.empty());
  CHECK(outcome.missing == Texts{"no frame at 2.51 s", "no frame at 3.5 s"});
}

TEST_CASE("numbers and times may be mixed, and name one frame twice", "[sampling][requested]")
{
  const auto outcome = requested(k_four_frames, {1, 3}, {0.7, 0.1});
  CHECK(outcome.numbers == Numbers{0, 1, 3});
  CHECK(outcome.missing.empty());
}

TEST_CASE("a picture is on the screen at time 0", "[sampling][requested]")
{
  CHECK(requested({0}, {}, {0}).numbers == Numbers{0});
  CHECK(requested({0}, {}, {1}).missing == Texts{"no frame at 1 s"});
}

TEST_CASE("a clip without a frame misses everything", "[sampling][requested]")
{
  CHECK(requested({}, {0}, {0}).missing == Texts{"no frame 0", "no frame at 0 s"});
}

TEST_CASE("plans that choose differently have different descriptions, equal ones the same", "[sampling][plan]")
{
  SamplingPlan plan;
  const std::string text = describe(plan);
  CHECK(text == describe(SamplingPlan{}));
  plan.max_frames = 9;
  CHECK(describe(plan) != text);
  plan = {};
  plan.motion_threshold = 0.150001;
  CHECK(describe(plan) != text);
  plan = {};
  plan.policy = Policy::reference;
  CHECK(describe(plan) != text);
  plan.policy = Policy::requested;
  plan.frames = {1};
  SamplingPlan other = plan;
  other.frames.clear();
  other.times = {1};
  CHECK(describe(plan) != describe(other));
}

TEST_CASE("a policy is one of two words, and kinds have names", "[sampling][plan]")
{
  CHECK(parse_policy("budget") == Policy::budget);
  CHECK(parse_policy("reference") == Policy::reference);
  CHECK_THROWS_AS(parse_policy("Budget"), UsageError);
  CHECK_THROWS_AS(parse_policy("requested"), UsageError);
  CHECK(name_of(FrameKind::base) == "base");
  CHECK(name_of(FrameKind::motion) == "motion");
  CHECK(name_of(FrameKind::requested) == "requested");
}

}  // namespace
}  // namespace vidcv
