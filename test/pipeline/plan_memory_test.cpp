#include <vidcv/pipeline/plan_memory.hpp>
#include <vidcv/pipeline/run_settings.hpp>

#include <vidcv/core/error.hpp>

#include <catch2/catch.hpp>

using namespace vidcv;

namespace {

SampleOptions options_of(Policy policy)
{
  SampleOptions options;
  options.plan.policy = policy;
  options.plan.max_frames = 5;
  options.plan.motion_threshold = 0.07;
  options.plan.every_s = 0.1 + 0.2;  // no decimal of few digits
  options.plan.count = 12;
  return options;
}

constexpr Policy k_policies[] = {Policy::automatic, Policy::budget,    Policy::reference, Policy::every,
                                 Policy::count,     Policy::keyframes, Policy::scene};

}  // namespace

TEST_CASE("every plan that is written is read as the same plan", "[pipeline]")
{
  for (const Policy policy : k_policies) {
    for (const AlphaRule alpha : {AlphaRule::over_white, AlphaRule::over_black, AlphaRule::drop}) {
      for (const bool exif : {true, false}) {
        SampleOptions options = options_of(policy);
        options.decode.pictures.alpha = alpha;
        options.decode.pictures.apply_exif = exif;
        const auto read = parse_plan(describe(options));
        REQUIRE(read);
        CHECK(describe(*read) == describe(options));
        CHECK(read->plan.policy == policy);
      }
    }
  }
}

TEST_CASE("a plan without a limit of frames is read as one", "[pipeline]")
{
  SampleOptions options = options_of(Policy::automatic);
  options.plan.max_frames = 0;
  CHECK(describe(options) == "auto motion>0.07");
  CHECK(parse_plan("auto motion>0.07")->plan.max_frames == 0);
}

TEST_CASE("the number of frames is limited by default in short clips alone", "[pipeline]")
{
  Config config;
  CHECK(sample_options(config).plan.policy == Policy::automatic);
  CHECK(sample_options(config).plan.max_frames == 0);
  config.set(Key::max_frames_per_clip, "8", "VIDCV_MAX_FRAMES_PER_CLIP");
  CHECK(sample_options(config).plan.max_frames == 8);
  Config by_name;
  by_name.set(Key::policy, "budget", "--policy");
  CHECK(sample_options(by_name).plan.max_frames == 8);
}

TEST_CASE("a text that is not the plan of a run is not taken for one", "[pipeline]")
{
  for (const char* text : {"", "budget", "every", "every x", "keyframes later=1", "requested frames=[0] times=[]",
                           "auto max_frames=8", "every 2 from=1 to=2"}) {
    CHECK_FALSE(parse_plan(text));
  }
}

TEST_CASE("a value that an option or a variable names selects its policy, and an option weighs more", "[pipeline]")
{
  const auto policy_of = [](const std::vector<std::tuple<Key, const char*, const char*>>& named) {
    Config config;
    for (const auto& [key, text, origin] : named) { config.set(key, text, origin); }
    return sample_options(config).plan.policy;
  };
  CHECK(policy_of({{Key::every_sec, "3", "VIDCV_EVERY_SEC"}}) == Policy::every);
  CHECK(policy_of({{Key::count, "3", "VIDCV_COUNT"}}) == Policy::count);
  CHECK(policy_of({{Key::count, "3", "vidcv.toml:4"}}) == Policy::automatic);
  CHECK(policy_of({{Key::count, "3", "VIDCV_COUNT"}, {Key::policy, "scene", "--policy"}}) == Policy::scene);
  CHECK(policy_of({{Key::policy, "scene", "VIDCV_POLICY"}, {Key::every_sec, "3", "--every"}}) == Policy::every);
  CHECK_THROWS_AS(policy_of({{Key::policy, "scene", "VIDCV_POLICY"}, {Key::count, "3", "VIDCV_COUNT"}}), UsageError);
  CHECK_THROWS_AS(policy_of({{Key::every_sec, "3", "VIDCV_EVERY_SEC"}, {Key::count, "3", "VIDCV_COUNT"}}), UsageError);
}

TEST_CASE("a clip keeps what the run does not name, and only that", "[pipeline]")
{
  const SampleOptions run;
  const std::string before = describe(options_of(Policy::every)) + " exif=ignore alpha=drop";
  CHECK(describe(options_for(run, {false, false, false}, before)) == before);
  CHECK(describe(options_for(run, {true, true, true}, before)) == describe(run));
  CHECK(describe(options_for(run, {true, false, false}, before)) == describe(run) + " exif=ignore alpha=drop");
  CHECK(describe(options_for(run, {false, true, true}, before)) == describe(options_of(Policy::every)));
  CHECK(describe(options_for(run, {false, false, false}, "")) == describe(run));
  CHECK(describe(options_for(run, {false, false, false}, "of another version")) == describe(run));
}

TEST_CASE("a plan is named by each of its settings, by an option or a variable, and by no other setting", "[pipeline]")
{
  Config config;
  CHECK_FALSE(named_rules(config).plan);
  CHECK_FALSE(named_rules(config).exif);
  CHECK_FALSE(named_rules(config).alpha);
  config.set(Key::clip_similarity_threshold, "0.5", "--threshold");
  config.set(Key::exif, "apply", "VIDCV_EXIF");
  CHECK_FALSE(named_rules(config).plan);
  CHECK(named_rules(config).exif);
  const std::pair<Key, const char*> values[] = {{Key::policy, "budget"},
                                                {Key::every_sec, "2"},
                                                {Key::count, "8"},
                                                {Key::max_frames_per_clip, "8"},
                                                {Key::motion_delta_threshold, "0.15"}};
  for (const auto& [key, value] : values) {
    Config one;
    one.set(key, value, "vidcv.toml:3");  // which is for clips that have no plan
    CHECK_FALSE(named_rules(one).plan);
    one.set(key, value, "VIDCV_SOME");
    CHECK(named_rules(one).plan);
    one.set(key, value, "--some");
    CHECK(named_rules(one).plan);
  }
}
