#include <vidcv/pipeline/embed_store.hpp>

#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/stopwatch.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/store/ledger.hpp>

#include <nlohmann/json.hpp>

#include <set>
#include <utility>
#include <variant>

namespace vidcv {
namespace {

/// What was decoded, for vidcv_media.decoded.
std::string decoded_json(const SampledClip& clip)
{
  const nlohmann::ordered_json value = {{"width", clip.width},
                                        {"height", clip.height},
                                        {"fps", clip.fps},
                                        {"duration_sec", clip.duration_s},
                                        {"frames_decoded", clip.frames_decoded},
                                        {"frames_damaged", clip.frames_damaged},
                                        {"truncated", clip.is_truncated},
                                        {"clock_restarts", clip.clock_restarts},
                                        {"rotation", clip.geometry.rotation},
                                        {"mirrored", clip.geometry.mirrored},
                                        {"pixel_aspect", clip.geometry.pixel_aspect},
                                        {"picture", clip.is_picture}};
  return value.dump();
}

FrameRecord record_of(const SampledFrame& frame)
{
  FrameRecord record;
  record.frame_number = frame.pick.frame.number;
  record.timestamp_s = frame.pick.frame.timestamp_s;
  record.kind = name_of(frame.pick.kind);
  record.motion_ratio = frame.pick.frame.motion_ratio;
  record.quality = frame.quality;
  record.blank = frame.blank;
  record.detail = frame.detail;
  return record;
}

void store_clip(WriteTransaction& within, const EmbeddedClip& clip, const SampleOptions& sampling,
                std::int64_t model_id, std::int64_t run_id)
{
  MediaRecord media;
  media.stamp = clip.stamp;
  media.content_hash = clip.content_hash;
  media.decoded = decoded_json(clip.clip);
  media.plan = describe(sampling);
  media.status = "done";
  media.run_id = run_id;
  std::vector<FrameRecord> frames;
  for (std::size_t i = 0; i < clip.clip.frames.size(); ++i) {
    frames.push_back(record_of(clip.clip.frames[i]));
    if (i < clip.vectors.size()) { frames.back().embedding = clip.vectors[i]; }
    if (i < clip.regions.size()) { frames.back().regions = clip.regions[i]; }
  }
  save_clip(within, media, frames, model_id);
}

/// Also what cannot be read, such as a file in a folder without rights.
bool is_there(const std::filesystem::path& file)
{
  std::error_code error;
  return std::filesystem::symlink_status(file, error).type() != std::filesystem::file_type::not_found;
}

/// A missing file may come back: it keeps the stamp that it had. What was never there, such as a mistyped name, is no
/// file.
void store_failure(WriteTransaction& within, const EmbedJob& job, const EmbedFailure& failure, std::int64_t run_id)
{
  const auto known = failure.before ? std::nullopt : find_media(within.database(), stored_path(job.file));
  if (!failure.before && !known && !is_there(job.file)) { return count_failure(within, run_id); }
  MediaRecord media;
  media.stamp = known ? known->stamp : failure.before.value_or(FileStamp{stored_path(job.file)});
  media.plan = describe(job.options->sampling);
  media.status = "failed";
  media.stage = failure.error.action();
  media.error = failure.error.cause();
  media.run_id = run_id;
  save_failure(within, media);
}

}  // namespace

std::int64_t ensure_model(Database& database, LazyEncoder& encoder)
{
  const ModelDescription& model = encoder.model();
  return ensure_model(database, ModelRecord{model.fingerprint, model.name, model.dim, encoder.precision(), model.json});
}

std::vector<std::filesystem::path> each_once(const std::vector<std::filesystem::path>& files)
{
  std::vector<std::filesystem::path> once;
  std::set<std::string> seen;
  for (const std::filesystem::path& file : files) {
    if (seen.insert(stored_path(file)).second) { once.push_back(file); }
  }
  return once;
}

StoredRun::StoredRun(Database& database, std::vector<EmbedJob> jobs, LazyEncoder* encoder, std::int64_t model_id,
                     const RunLimits& limits, const LedgerEntry& entry)
    : m_database(database), m_model_id(model_id), m_heartbeat(limits.heartbeat), m_run(std::move(jobs), encoder, limits)
{
  if (m_run.jobs().empty()) { return; }
  m_run_id = begin_run(
      database,
      {.command = entry.command, .shard = entry.shard, .inputs = std::ssize(m_run.jobs()), .skipped = entry.skipped});
}

StoredRun::~StoredRun()
{
  try {
    end();
  } catch (...) {  // a failure is being reported already
    m_run_id = 0;
  }
}

std::vector<EmbedResult> StoredRun::next()
{
  std::vector<EmbedResult> results = m_run.next(m_heartbeat);
  while (results.empty() && !m_run.is_over()) {
    show_life();
    results = m_run.next(m_heartbeat);
  }
  results.empty() ? end() : store(results);
  return results;
}

/// Where another program holds the database for long, the next sign does.
void StoredRun::show_life()
{
  try {
    heartbeat(m_database, m_run_id);
  } catch (const StoreError&) {
    return;
  }
}

/// A database that has failed is not written to again.
void StoredRun::store(const std::vector<EmbedResult>& results)
{
  const Stopwatch watch;
  const std::int64_t run_id = std::exchange(m_run_id, 0);
  WriteTransaction transaction(m_database);
  for (const EmbedResult& result : results) {
    const EmbedJob& done = m_run.jobs()[result.job];
    if (const auto* clip = std::get_if<EmbeddedClip>(&result.outcome)) {
      store_clip(transaction, *clip, done.options->sampling, m_model_id, run_id);
    } else {
      store_failure(transaction, done, std::get<EmbedFailure>(result.outcome), run_id);
    }
  }
  transaction.commit();
  m_run_id = run_id;
  m_store_s += watch.seconds();
}

void StoredRun::end()
{
  if (m_run_id != 0) { end_run(m_database, std::exchange(m_run_id, 0), times()); }
}

RunTimes StoredRun::times() const noexcept
{
  RunTimes times = m_run.times();
  times.store_s = m_store_s;
  return times;
}

}  // namespace vidcv
