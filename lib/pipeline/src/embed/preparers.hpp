#pragma once

#include "embed/clip_preparer.hpp"

#include <vidcv/core/bounded_queue.hpp>
#include <vidcv/pipeline/embedding_run.hpp>
#include <vidcv/pipeline/memory_retry.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace vidcv {

/// Threads that decode the files of a run side by side, each file on one of them, and pass on prepared pictures.
class Preparers {
 public:
  /// @param jobs, limits, model  outlive this object; without a model no picture is converted
  Preparers(const std::vector<EmbedJob>& jobs, const RunLimits& limits, const ModelDescription* model);
  /// Drops the files in progress and begins no other.
  ~Preparers();
  Preparers(const Preparers&) = delete;
  Preparers& operator=(const Preparers&) = delete;

  /// Waits for the next item, but no longer than `patience`. Nothing then, and after the last one.
  std::optional<Prepared> next(std::chrono::milliseconds patience) { return m_queue.pop(patience); }
  bool is_drained() { return m_queue.is_drained(); }

 private:
  void work() noexcept;
  void do_jobs();
  std::optional<std::size_t> begin_job();
  void do_job(std::size_t job);

  const std::vector<EmbedJob>& m_jobs;
  const RunLimits& m_limits;
  const ModelDescription* m_model;
  int m_threads_per_file = 1;
  BoundedQueue<Prepared> m_queue;
  MemoryRetry m_memory_retry;
  std::atomic<bool> m_is_over = false;
  std::mutex m_mutex;                   // guards the next two
  std::size_t m_begun = 0;              // jobs
  std::size_t m_working = 0;            // threads
  std::vector<std::jthread> m_threads;  // last: they use all the others
};

}  // namespace vidcv
