#pragma once

#include <vidcv/pipeline/embedding_run.hpp>
#include <vidcv/store/media_records.hpp>

namespace vidcv {

/// The row of vidcv_models for what an encoder gives.
std::int64_t ensure_model(Database& database, LazyEncoder& encoder);

/// `files` without those that were named before.
std::vector<std::filesystem::path> each_once(const std::vector<std::filesystem::path>& files);

/// The row of a run in vidcv_runs.
struct LedgerEntry {
  std::string command = "embed";
  std::string shard = {};  ///< I/N; empty: all of the inputs
  std::int64_t skipped = 0;
};

/// An EmbeddingRun whose results are stored, and which is in the ledger itself unless it has no jobs.
class StoredRun {
 public:
  /// @param model_id  of `encoder`; 0 where there is none
  StoredRun(Database& database, std::vector<EmbedJob> jobs, LazyEncoder* encoder, std::int64_t model_id,
            const RunLimits& limits, const LedgerEntry& entry);
  /// Notes the end of the run, unless the database has failed.
  ~StoredRun();
  StoredRun(const StoredRun&) = delete;
  StoredRun& operator=(const StoredRun&) = delete;

  /// EmbeddingRun::next(), stored as one transaction. Notes the end of the run once there are no more results.
  /// @throws ModelError, StoreError
  std::vector<EmbedResult> next();

  const std::vector<EmbedJob>& jobs() const noexcept { return m_run.jobs(); }
  RunTimes times() const noexcept;

 private:
  void store(const std::vector<EmbedResult>& results);
  void show_life();
  void end();

  Database& m_database;
  std::int64_t m_model_id;
  std::chrono::milliseconds m_heartbeat;
  EmbeddingRun m_run;
  std::int64_t m_run_id = 0;  ///< 0: not in the ledger, or ended there
  double m_store_s = 0;
};

}  // namespace vidcv
