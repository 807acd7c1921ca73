#pragma once

#include <vidcv/pipeline/embed_job.hpp>
#include <vidcv/pipeline/lazy_encoder.hpp>
#include <vidcv/store/ledger.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace vidcv {

/// Called for the files in progress, by several threads at once; for progress displays.
struct FileWatch {
  std::function<void(const std::filesystem::path&)> on_begin = {};
  std::function<void(const std::filesystem::path&)> on_frame = {};  ///< of each frame that is decoded
};

struct RunLimits {
  int threads = 0;  ///< that decode, shared by the files in progress; 0: one per processor
  /// Asked before each file, never by two threads at once; true begins no other file.
  std::function<bool()> stopping = [] { return false; };
  /// Asked at each picture, by several threads; true drops the files in progress whole: they give no result.
  std::function<bool()> abandoned = [] { return false; };
  /// How long the pictures of a batch that is not full wait for others.
  std::chrono::milliseconds batch_patience{500};
  /// How often a run that is stored shows in the ledger that it is alive while no result comes.
  std::chrono::milliseconds heartbeat{10'000};
  FileWatch watch = {};
};

class Batcher;
class Preparers;

/// Samples and encodes files. Several are decoded side by side, pictures of several files share a batch, and a result
/// is given as soon as it is whole, whatever came before it in the list. A few pictures wait at most, so memory grows
/// neither with the number of files nor with their length.
class EmbeddingRun {
 public:
  /// @param encoder  null: clips are sampled and get no vectors
  /// @throws std::system_error if no thread can be started
  EmbeddingRun(std::vector<EmbedJob> jobs, LazyEncoder* encoder, RunLimits limits);
  /// Drops the files in progress and begins no other.
  ~EmbeddingRun();
  EmbeddingRun(const EmbeddingRun&) = delete;
  EmbeddingRun& operator=(const EmbeddingRun&) = delete;

  /// Waits for results, those of one batch together. Empty once there are no more.
  /// @throws ModelError; a file that fails is a result, not an exception
  std::vector<EmbedResult> next();
  /// The same, but waits for about `patience` at most: empty then as well, and is_over() says which of both it is.
  std::vector<EmbedResult> next(std::chrono::milliseconds patience);
  bool is_over() const noexcept { return m_is_over; }

  const std::vector<EmbedJob>& jobs() const noexcept { return m_jobs; }
  /// Where the time went so far. Decoding of files that failed does not count.
  RunTimes times() const noexcept;

 private:
  std::vector<EmbedJob> m_jobs;
  RunLimits m_limits;
  RunTimes m_times;
  bool m_is_over = false;
  std::unique_ptr<Batcher> m_batcher;
  std::unique_ptr<Preparers> m_preparers;  // last: its threads read the jobs and limits
};

}  // namespace vidcv
