#include <vidcv/cli/shard.hpp>

#include "cli_fixture.hpp"

#include <vidcv/core/error.hpp>

#include <cstdlib>
#include <map>
#include <string>

namespace vidcv {
namespace {

using testing::thrown_by;
using Variables = std::map<std::string, std::string>;

/// `--shard auto` in a process that has these variables.
Shard automatic(const Variables& variables)
{
  for (const auto& [name, value] : variables) { ::setenv(name.c_str(), value.c_str(), 1); }
  struct Unset {
    const Variables& variables;
    ~Unset()
    {
      for (const auto& [name, value] : variables) { ::unsetenv(name.c_str()); }
    }
  } unset{variables};
  return parse_shard("auto");
}

TEST_CASE("a part of the inputs is I/N with I from 0", "[cli]")
{
  CHECK(parse_shard("0/1").is_whole());
  CHECK(parse_shard("2/4") == Shard{2, 4});
  for (const char* wrong : {"4/4", "-1/4", "1", "1/0", "a/b", "1/4/2", "", "1/9999999999"}) {
    CHECK(thrown_by<UsageError>([&] { parse_shard(wrong); }).thing() == "--shard");
  }
}

TEST_CASE("a number of parts that cannot be is refused by the name of who says it", "[cli]")
{
  const auto refused = [](const Variables& variables) {
    return thrown_by<UsageError>([&] { automatic(variables); }).action();
  };
  CHECK(refused({{"JOB_COMPLETION_INDEX", "1"}, {"VIDCV_SHARD_COUNT", "0"}}) == "VIDCV_SHARD_COUNT");
  CHECK(refused({{"AWS_BATCH_JOB_ARRAY_INDEX", "1"}, {"AWS_BATCH_JOB_ARRAY_SIZE", "3"}, {"VIDCV_SHARD_COUNT", "4"}}) ==
        "AWS Batch");
}

TEST_CASE("each input belongs to one part, and always to the same", "[cli]")
{
  int sizes[4] = {};
  for (int i = 0; i < 1000; ++i) {
    const std::string path = "film/" + std::to_string(i) + ".mp4";
    int owners = 0;
    for (int part = 0; part < 4; ++part) {
      const bool has = Shard{part, 4}.has(path);
      owners += has ? 1 : 0;
      sizes[part] += has ? 1 : 0;
    }
    CHECK(owners == 1);
  }
  for (const int size : sizes) { CHECK(size > 200); }
  CHECK(Shard{0, 4}.has("film/1.mp4"));  // of XXH3-64, for ever
}

TEST_CASE("the tasks of an array are its parts, wherever it begins", "[cli]")
{
  CHECK(automatic({{"SLURM_ARRAY_TASK_ID", "3"},
                   {"SLURM_ARRAY_TASK_MIN", "1"},
                   {"SLURM_ARRAY_TASK_MAX", "4"},
                   {"SLURM_ARRAY_TASK_COUNT", "4"}}) == Shard{2, 4});
  CHECK(automatic({{"SLURM_ARRAY_TASK_ID", "10"},
                   {"SLURM_ARRAY_TASK_MIN", "0"},
                   {"SLURM_ARRAY_TASK_MAX", "15"},
                   {"SLURM_ARRAY_TASK_COUNT", "4"},
                   {"SLURM_ARRAY_TASK_STEP", "5"}}) == Shard{2, 4});
  CHECK(automatic({{"JOB_COMPLETION_INDEX", "1"}, {"VIDCV_SHARD_COUNT", "3"}}) == Shard{1, 3});
  CHECK(automatic({{"AWS_BATCH_JOB_ARRAY_INDEX", "0"}, {"AWS_BATCH_JOB_ARRAY_SIZE", "2"}}) == Shard{0, 2});
}

TEST_CASE("a task that is run again alone stays the part that it was", "[cli]")
{
  CHECK(automatic({{"SLURM_ARRAY_TASK_ID", "2"},
                   {"SLURM_ARRAY_TASK_MIN", "2"},
                   {"SLURM_ARRAY_TASK_MAX", "2"},
                   {"SLURM_ARRAY_TASK_COUNT", "1"},
                   {"VIDCV_SHARD_COUNT", "4"}}) == Shard{2, 4});
}

TEST_CASE("where parts are counted by a variable the array begins at 0", "[cli]")
{
  CHECK_THROWS_AS(automatic({{"SLURM_ARRAY_TASK_ID", "3"},
                             {"SLURM_ARRAY_TASK_MIN", "1"},
                             {"SLURM_ARRAY_TASK_MAX", "4"},
                             {"SLURM_ARRAY_TASK_COUNT", "4"},
                             {"VIDCV_SHARD_COUNT", "5"}}),
                  UsageError);
}

TEST_CASE("where the scheduler leaves it open nothing is guessed", "[cli]")
{
  const auto refusal = [](const Variables& variables) {
    return std::string(thrown_by<UsageError>([&] { automatic(variables); }).what());
  };
  CHECK(refusal({}).find("not a task of an array") != std::string::npos);
  CHECK(refusal({{"JOB_COMPLETION_INDEX", "1"}}).find("set VIDCV_SHARD_COUNT") != std::string::npos);
  CHECK(refusal({{"SLURM_ARRAY_TASK_ID", "7"},
                 {"SLURM_ARRAY_TASK_MIN", "0"},
                 {"SLURM_ARRAY_TASK_MAX", "7"},
                 {"SLURM_ARRAY_TASK_COUNT", "3"}})
            .find("holes") != std::string::npos);
  CHECK(refusal({{"JOB_COMPLETION_INDEX", "1"}, {"SLURM_ARRAY_TASK_ID", "1"}}).find("and of") != std::string::npos);
  CHECK(refusal({{"AWS_BATCH_JOB_ARRAY_INDEX", "x"}, {"AWS_BATCH_JOB_ARRAY_SIZE", "2"}}).find("whole number") !=
        std::string::npos);
}

}  // namespace
}  // namespace vidcv
