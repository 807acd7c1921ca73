#include <vidcv/pipeline/embed_store.hpp>

#include <vidcv/core/files.hpp>
#include <vidcv/core/stopwatch.hpp>
#include <vidcv/core/text.hpp>

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

FileStamp stamp_of(const std::filesystem::path& file, const FileFacts& facts)
{
  return {stored_path(file), facts.size, facts.mtime_ns};
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

void store_clip(Database& database, const EmbeddedClip& clip, const SampleOptions& options, std::int64_t model_id)
{
  MediaRecord media;
  media.stamp = stamp_of(clip.clip.file, clip.file);
  media.content_hash = clip.file.content_hash;
  media.decoded = decoded_json(clip.clip);
  media.plan = describe(options);
  media.status = "done";
  std::vector<FrameRecord> frames;
  for (std::size_t i = 0; i < clip.clip.frames.size(); ++i) {
    frames.push_back(record_of(clip.clip.frames[i], clip.vectors[i]));
    if (i < clip.regions.size()) { frames.back().regions = clip.regions[i]; }
  }
  save_clip(database, media, frames, model_id);
}

void store_failure(Database& database, const std::filesystem::path& file, const InputError& error,
                   const SampleOptions& options)
{
  MediaRecord media;
  const auto facts = stat_file(file);
  const auto before = facts ? std::nullopt : find_media(database, stored_path(file));
  media.stamp = before ? before->stamp : stamp_of(file, facts.value_or(FileFacts{}));  // what is away may come back
  media.plan = describe(options);
  media.status = "failed";
  media.stage = error.action();
  media.error = error.cause();
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

std::vector<std::filesystem::path> each_once(const std::vector<std::filesystem::path>& files)
{
  std::vector<std::filesystem::path> once;
  std::set<std::string> seen;
  for (const std::filesystem::path& file : files) {
    if (seen.insert(stored_path(file)).second) { once.push_back(file); }
  }
  return once;
}

std::vector<std::filesystem::path> missing_files(Database& database, const std::vector<std::filesystem::path>& files,
                                                 const SampleOptions& options, std::int64_t model_id)
{
  const std::string words = describe(options);
  const auto regions = options.regions ? Regions::yes : Regions::no;
  const auto is_there = [&](const FileStamp& stamp) {
    if (model_id != 0) { return is_complete(database, stamp, words, model_id, regions); }
    const auto media = find_media(database, stamp.path);
    return media && media->status == "done" && media->stamp == stamp;
  };
  std::vector<std::filesystem::path> missing;
  for (const std::filesystem::path& file : files) {
    const auto facts = stat_file(file);
    if (!facts || !is_there(stamp_of(file, *facts))) { missing.push_back(file); }
  }
  return missing;
}

EmbedTimes embed_into(Database& database, const std::vector<std::filesystem::path>& files, const SampleOptions& options,
                      LazyEncoder& encoder, std::int64_t model_id, const EmbedEvents& events)
{
  EmbedTimes times;
  const auto stored = [&](const auto& store) {
    const Stopwatch watch;
    store();
    times.store_s += watch.seconds();
  };
  EmbedEvents storing = events;
  storing.ready = [&](const EmbeddedClip& clip) {
    stored([&] { store_clip(database, clip, options, model_id); });
    if (events.ready) { events.ready(clip); }
  };
  storing.given_up = [&](const std::filesystem::path& file, const InputError& error) {
    stored([&] { store_failure(database, file, error, options); });
    if (events.given_up) { events.given_up(file, error); }
  };
  times.encode_s = embed_clips(files, options, encoder, storing);
  return times;
}

}  // namespace vidcv
