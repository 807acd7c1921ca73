#include <vidcv/pipeline/embed_store.hpp>

#include <vidcv/core/files.hpp>
#include <vidcv/core/stopwatch.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/store/ledger.hpp>

#include <nlohmann/json.hpp>

#include <set>

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
                                        {"rotation", clip.geometry.rotation},
                                        {"mirrored", clip.geometry.mirrored},
                                        {"pixel_aspect", clip.geometry.pixel_aspect},
                                        {"picture", clip.is_picture}};
  return value.dump();
}

FrameRecord record_of(const SampledFrame& frame, const Embedding& vector)
{
  FrameRecord record;
  record.frame_number = frame.pick.frame.number;
  record.timestamp_s = frame.pick.frame.timestamp_s;
  record.kind = name_of(frame.pick.kind);
  record.motion_ratio = frame.pick.frame.motion_ratio;
  record.quality = frame.quality;
  record.blank = frame.blank;
  record.embedding = vector;
  return record;
}

void store_clip(Database& database, const EmbeddedClip& clip, const SampleOptions& options, std::int64_t model_id,
                std::int64_t run_id)
{
  MediaRecord media;
  media.stamp = stamp_of(clip.clip.file, clip.file);
  media.content_hash = clip.file.content_hash;
  media.decoded = decoded_json(clip.clip);
  media.plan = describe(options);
  media.status = "done";
  media.run_id = run_id;
  std::vector<FrameRecord> frames;
  for (std::size_t i = 0; i < clip.clip.frames.size(); ++i) {
    frames.push_back(record_of(clip.clip.frames[i], clip.vectors[i]));
    if (i < clip.regions.size()) { frames.back().regions = clip.regions[i]; }
  }
  save_clip(database, media, frames, model_id);
}

/// What is away may come back: it keeps the stamp that it had.
void store_failure(Database& database, const std::filesystem::path& file, const std::optional<FileFacts>& facts,
                   const InputError& error, const SampleOptions& options, std::int64_t run_id)
{
  MediaRecord media;
  const auto before = facts ? std::nullopt : find_media(database, stored_path(file));
  media.stamp = before ? before->stamp : stamp_of(file, facts.value_or(FileFacts{}));
  media.plan = describe(options);
  media.status = "failed";
  media.stage = error.action();
  media.error = error.cause();
  media.run_id = run_id;
  save_failure(database, media);
}

}  // namespace

std::int64_t ensure_model(Database& database, LazyEncoder& encoder)
{
  const ModelDescription& model = encoder.model();
  return ensure_model(database, ModelRecord{model.fingerprint, model.name, model.dim, encoder.precision(), model.json});
}

std::string stored_path(const std::filesystem::path& file)
{
  return percent_escaped(absolute_path(file).native());
}

FileStamp stamp_of(const std::filesystem::path& file, const FileFacts& facts)
{
  return {stored_path(file), facts.size, facts.mtime_ns};
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

RunTimes embed_into(Database& database, const std::vector<std::filesystem::path>& files, const SampleOptions& options,
                    LazyEncoder& encoder, const EmbedRun& run, const EmbedEvents& events)
{
  if (files.empty()) { return {}; }
  const std::int64_t run_id = begin_run(database, {.command = run.command,
                                                   .shard = run.shard,
                                                   .inputs = static_cast<std::int64_t>(files.size()),
                                                   .skipped = run.skipped});
  double store_s = 0;
  int within = 0;
  const auto stored = [&](const auto& store) {
    const Stopwatch watch;
    ++within;
    store();
    if (--within == 0) { store_s += watch.seconds(); }
  };
  EmbedEvents storing = events;
  storing.ready = [&](const EmbeddedClip& clip) {
    stored([&] { store_clip(database, clip, options, run.model_id, run_id); });
    if (events.ready) { events.ready(clip); }
  };
  storing.given_up = [&](const std::filesystem::path& file, const std::optional<FileFacts>& facts,
                         const InputError& error) {
    stored([&] { store_failure(database, file, facts, error, options, run_id); });
    if (events.given_up) { events.given_up(file, facts, error); }
  };
  storing.together = [&](const std::function<void()>& store_all) {
    stored([&] {
      WriteTransaction transaction(database);  // the disk is asked once for all of them
      store_all();
      transaction.commit();
    });
  };
  try {
    RunTimes times = embed_clips(files, options, encoder, storing);
    times.store_s = store_s;
    end_run(database, run_id, times);
    return times;
  } catch (const ModelError&) {  // where the database fails there is nowhere to tell
    end_run(database, run_id, {.store_s = store_s});
    throw;
  }
}

}  // namespace vidcv
