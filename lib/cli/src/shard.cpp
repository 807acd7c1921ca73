#include <vidcv/cli/shard.hpp>

#include <vidcv/core/error.hpp>
#include <vidcv/core/identity.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>

namespace vidcv {
namespace {

constexpr const char* k_option = "--shard";
constexpr const char* k_count_variable = "VIDCV_SHARD_COUNT";

/// A scheduler, by the variables that it gives the tasks of an array; null: it has none for that.
struct Scheduler {
  const char* name;
  const char* index;
  const char* count;
  const char* first;
  const char* last;
  const char* step;
};
constexpr std::array<Scheduler, 3> k_schedulers = {
    {{"Slurm", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX",
      "SLURM_ARRAY_TASK_STEP"},
     {"Kubernetes", "JOB_COMPLETION_INDEX", nullptr, nullptr, nullptr, nullptr},
     {"AWS Batch", "AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE", nullptr, nullptr, nullptr}}};

[[noreturn]] void refuse(const std::string& thing, const std::string& cause)
{
  throw UsageError(k_option, thing, cause);
}

std::optional<std::int64_t> variable(const char* name)
{
  const char* text = name == nullptr ? nullptr : std::getenv(name);
  if (text == nullptr || *text == '\0') { return std::nullopt; }
  const auto value = parse_integer(text);
  if (!value || *value < 0) { refuse(name, fmt::format("'{}' is not a whole number from 0 on", text)); }
  return value;
}

Shard checked(const std::string& said, std::int64_t index, std::int64_t count)
{
  if (count > std::numeric_limits<int>::max()) { refuse(said, fmt::format("{} parts are too many", count)); }
  if (count < 1 || index < 0 || index >= count) {
    refuse(said, fmt::format("there is no part {} of {}; they are counted from 0", index, count));
  }
  return {static_cast<int>(index), static_cast<int>(count)};
}

/// Tasks of an array need not begin at 0, nor follow each other; of one that has holes nobody knows the parts.
Shard shard_of(const Scheduler& scheduler)
{
  const std::int64_t index = variable(scheduler.index).value();
  if (const auto count = variable(k_count_variable)) {
    if (*count < 1) { refuse(k_count_variable, "there must be a part at least"); }
    if (scheduler.first == nullptr && variable(scheduler.count).value_or(*count) != *count) {
      refuse(scheduler.name, fmt::format("its array is not of {} parts, as {} says", *count, k_count_variable));
    }
    if (variable(scheduler.first).value_or(0) != 0 && variable(scheduler.count).value_or(1) > 1) {
      refuse(scheduler.name, fmt::format("its array does not begin at 0, as with {} it must", k_count_variable));
    }
    return checked(scheduler.index, index, *count);
  }
  const auto count = variable(scheduler.count);
  if (!count) {
    refuse(scheduler.name, fmt::format("does not say how many parts there are: set {}", k_count_variable));
  }
  const std::int64_t first = variable(scheduler.first).value_or(0);
  const std::int64_t step = std::max<std::int64_t>(variable(scheduler.step).value_or(1), 1);
  const std::int64_t last = variable(scheduler.last).value_or(first + (*count - 1) * step);
  if (last - first != (*count - 1) * step || (index - first) % step != 0) {
    refuse(scheduler.name, fmt::format("its array has holes: set {}, and number the tasks from 0", k_count_variable));
  }
  return checked(scheduler.index, (index - first) / step, *count);
}

Shard shard_of_task()
{
  const Scheduler* found = nullptr;
  for (const Scheduler& scheduler : k_schedulers) {
    if (!variable(scheduler.index)) { continue; }
    if (found != nullptr) {
      refuse("auto", fmt::format("the variables of {} and of {} are set", found->name, scheduler.name));
    }
    found = &scheduler;
  }
  if (found == nullptr) {
    refuse("auto",
           "this is not a task of an array: neither SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX nor "
           "AWS_BATCH_JOB_ARRAY_INDEX is set");
  }
  return shard_of(*found);
}

}  // namespace

bool Shard::has(std::string_view path) const
{
  return is_whole() || stable_hash(path) % static_cast<std::uint64_t>(count) == static_cast<std::uint64_t>(index);
}

std::string Shard::text() const
{
  return is_whole() ? std::string() : fmt::format("{}/{}", index, count);
}

Shard parse_shard(const std::string& text)
{
  if (text == "auto") { return shard_of_task(); }
  const std::size_t slash = text.find('/');
  const auto index = parse_integer(text.substr(0, slash));
  const auto count = slash == std::string::npos ? std::nullopt : parse_integer(text.substr(slash + 1));
  if (!index || !count) { refuse(text, "is neither I/N nor auto"); }
  return checked(text, *index, *count);
}

}  // namespace vidcv
