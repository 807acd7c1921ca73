#pragma once

#include <string>
#include <string_view>

namespace vidcv {

/// One part of `count` that a run's inputs are split into, from 0. Each input belongs to one part, the same in each
/// run.
struct Shard {
  int index = 0;
  int count = 1;
  bool operator==(const Shard&) const = default;

  bool is_whole() const noexcept { return count == 1; }
  /// Whether an input is of this part, by a hash of its path below the folder that was named.
  bool has(std::string_view path) const;
  /// `I/N`; empty for the whole.
  std::string text() const;
};

/// Reads `I/N`, or `auto`: this task of an array, by the scheduler's variables. Slurm: SLURM_ARRAY_TASK_ID, _MIN,
/// _MAX, _STEP, _COUNT; Kubernetes: JOB_COMPLETION_INDEX; AWS Batch: AWS_BATCH_JOB_ARRAY_INDEX, _SIZE.
/// VIDCV_SHARD_COUNT says how many parts there are where the scheduler does not, or not for a part of an array that is
/// run again.
/// @throws UsageError unless that is clear
Shard parse_shard(const std::string& text);

}  // namespace vidcv
