#include <vidcv/pipeline/embed_detections.hpp>

#include <vidcv/core/identity.hpp>
#include <vidcv/core/stopwatch.hpp>
#include <vidcv/pipeline/plan_memory.hpp>
#include <vidcv/store/detection_records.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <span>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

/// A text that is another one for other detections, or another version of the file.
std::string digest_of(const MediaRecord& media, const PictureRules& rules, const std::vector<Detection>& detections)
{
  std::string text = fmt::format("{} {} {} {}\n", media.stamp.size, media.stamp.mtime_ns, rules.apply_exif,
                                 static_cast<int>(rules.alpha));
  for (const Detection& d : detections) {
    text += fmt::format("{} {} {} {} {} {} {} {}\n", d.frame_number.value_or(-1), d.timestamp_s.value_or(-1), d.corners,
                        d.shares, d.label.size(), d.label, d.confidence, d.quality.value_or(-1));
    text += fmt::format("{}\n", fmt::join(d.face, " "));
  }
  return sha256_hex(std::as_bytes(std::span(text)));
}

/// The detections of one file, by the frames that they are about.
class DetectionsOfFile {
 public:
  DetectionsOfFile(std::int64_t media_id, const PictureRules& rules, std::string digest, std::vector<Detection> all)
      : m_media_id(media_id), m_rules(rules), m_digest(std::move(digest)), m_all(std::move(all))
  {
    for (std::size_t i = 0; i < m_all.size(); ++i) {
      if (m_all[i].frame_number) {
        m_by_number[*m_all[i].frame_number].push_back(i);
      } else {
        m_by_time[*m_all[i].timestamp_s].push_back(i);
      }
    }
  }

  bool empty() const noexcept { return m_all.empty(); }

  /// @param decode  how the file is decoded
  EmbedOptions options(const DecodeOptions& decode) const
  {
    EmbedOptions options;
    SamplingPlan& plan = options.sampling.plan;
    options.sampling.decode = decode;
    options.sampling.decode.pictures = m_rules;
    plan.policy = Policy::requested;
    for (const auto& [number, which] : m_by_number) { plan.frames.push_back(number); }
    for (const auto& [time_s, which] : m_by_time) { plan.times.push_back(time_s); }
    options.parts = [this](const Pick& frame, int width, int height) {
      std::vector<Box> boxes;
      for (const std::size_t i : on(frame)) { boxes.push_back(m_all[i].box(width, height).value_or(Box())); }
      return boxes;
    };
    return options;
  }

  /// That nothing was seen.
  void save_nothing(Database& database) const { save_detections(database, m_media_id, m_digest, {}, 0); }

  void save(Database& database, const EmbeddedClip& clip, const DetectionJob& job) const
  {
    std::vector<DetectionRecord> records;
    std::vector<const char*> missing(m_all.size(), "the clip has no such frame");
    for (std::size_t frame = 0; frame < clip.clip.frames.size(); ++frame) {
      const Pick& pick = clip.clip.frames[frame].pick;
      const std::vector<std::size_t> which = on(pick);
      for (std::size_t part = 0; part < which.size(); ++part) {
        const RegionRecord& region = clip.regions[frame][part];
        const bool outside = region.box == Box();
        missing[which[part]] = outside ? "the box lies outside of the frame" : nullptr;
        if (!outside) { records.push_back(record_of(m_all[which[part]], pick.frame, region)); }
      }
    }
    // Incomplete ones are examined and reported again next time.
    save_detections(database, m_media_id, records.size() == m_all.size() ? m_digest : "incomplete " + m_digest, records,
                    job.model_id);
    for (std::size_t i = 0; i < m_all.size(); ++i) {
      if (missing[i] != nullptr) { job.failed(m_all[i].error(missing[i])); }
    }
  }

 private:
  /// Positions of the detections on a frame, in the order in which they were read.
  std::vector<std::size_t> on(const Pick& pick) const
  {
    std::vector<std::size_t> which;
    const auto add = [&](const auto& places, const auto& key) {
      const auto found = places.find(key);
      if (found != places.end()) { which.insert(which.end(), found->second.begin(), found->second.end()); }
    };
    add(m_by_number, pick.frame.number);
    for (const double time_s : pick.times_s) { add(m_by_time, time_s); }
    std::ranges::sort(which);
    return which;
  }

  static DetectionRecord record_of(const Detection& detection, const FrameFacts& frame, const RegionRecord& region)
  {
    return {.frame_number = frame.number,
            .timestamp_s = frame.timestamp_s,
            .box = region.box,
            .label = detection.label,
            .confidence = detection.confidence,
            .quality = region.blank ? 0 : detection.quality.value_or(region.quality),
            .face = detection.face,
            .embedding = region.embedding};
  }

  std::int64_t m_media_id;
  PictureRules m_rules;
  std::string m_digest;
  std::vector<Detection> m_all;
  std::map<std::int64_t, std::vector<std::size_t>> m_by_number;
  std::map<double, std::vector<std::size_t>> m_by_time;
};

/// What is stored, as if it had been read now.
std::vector<Detection> stored_detections(Database& database, std::int64_t media_id)
{
  std::vector<Detection> all;
  for (const DetectionRecord& seen : detections_of(database, media_id, 0)) {
    Detection detection;
    detection.frame_number = seen.frame_number;
    detection.corners = {double(seen.box.x1), double(seen.box.y1), double(seen.box.x2), double(seen.box.y2)};
    detection.label = seen.label;
    detection.confidence = seen.confidence;
    detection.quality = seen.quality;
    detection.face = seen.face;
    all.push_back(std::move(detection));
  }
  return all;
}

/// What is to be examined in a file; nothing if the database has all of it.
std::optional<DetectionsOfFile> todo_of(Database& database, const std::filesystem::path& file, const DetectionJob& job)
{
  const auto media = find_media(database, stored_path(file));
  if (!media || media->status != "done") { return std::nullopt; }
  const PictureRules rules = picture_rules(media->plan, job.decode.pictures);
  const auto done = detection_digest(database, media->id, job.model_id);
  if (const auto read = job.by_file.find(file); read != job.by_file.end()) {
    std::string digest = digest_of(*media, rules, read->second);
    if (done == digest) { return std::nullopt; }
    return DetectionsOfFile(media->id, rules, std::move(digest), read->second);
  }
  auto stored = detection_digest(database, media->id, 0);
  if (done || !stored) { return std::nullopt; }
  return DetectionsOfFile(media->id, rules, std::move(*stored), stored_detections(database, media->id));
}

}  // namespace

RunTimes embed_detections(Database& database, const DetectionJob& job, LazyEncoder* encoder)
{
  std::vector<EmbedJob> jobs;
  std::deque<DetectionsOfFile> todo;  // of each job; its options refer to it
  for (const fs::path& file : job.files) {
    auto detections = todo_of(database, file, job);
    if (!detections) { continue; }
    if (detections->empty()) {
      detections->save_nothing(database);
      continue;
    }
    todo.push_back(std::move(*detections));
    jobs.push_back({file, std::make_shared<const EmbedOptions>(todo.back().options(job.decode))});
  }
  if (jobs.empty()) { return {}; }
  double store_s = 0;
  EmbeddingRun run(std::move(jobs), encoder, job.limits);
  for (auto results = run.next(); !results.empty(); results = run.next()) {
    const Stopwatch watch;
    for (const EmbedResult& result : results) {
      if (const auto* clip = std::get_if<EmbeddedClip>(&result.outcome)) {
        todo[result.job].save(database, *clip, job);
      } else {
        job.failed(std::get<EmbedFailure>(result.outcome).error);
      }
    }
    store_s += watch.seconds();
  }
  RunTimes times = run.times();
  times.store_s = store_s;
  return times;
}

}  // namespace vidcv
