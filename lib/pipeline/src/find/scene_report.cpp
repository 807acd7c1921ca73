#include <vidcv/pipeline/appear.hpp>

#include <nlohmann/json.hpp>

namespace vidcv {
namespace {

using json = nlohmann::ordered_json;

constexpr int k_format_version = 1;

template <typename T>
json or_null(const std::optional<T>& value)
{
  return value ? json(*value) : json(nullptr);
}

json frames_json(const std::vector<FrameRecord>& frames)
{
  json list = json::array();
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const FrameRecord& frame = frames[i];
    list.push_back({{"frame_index", i},
                    {"frame_number", frame.frame_number},
                    {"timestamp_sec", frame.timestamp_s},
                    {"kind", frame.kind},
                    {"motion_ratio", or_null(frame.motion_ratio)},
                    {"quality", or_null(frame.quality)},
                    {"detail", or_null(frame.detail)},
                    {"blank", frame.blank}});
  }
  return list;
}

json matches_json(const std::vector<SeenAsset>& seen)
{
  json list = json::array();
  for (const SeenAsset& asset : seen) {
    list.push_back({{"asset_id", asset.row.asset_id},
                    {"tag", asset.tag},
                    {"frame_index", asset.row.frame_index},
                    {"frame_number", asset.row.frame_number},
                    {"timestamp_sec", asset.row.timestamp_s},
                    {"confidence", asset.row.confidence},
                    {"margin", or_null(asset.row.margin)},
                    {"distinctness", or_null(asset.row.distinctness)},
                    {"bbox", asset.row.bbox.empty() ? json(nullptr) : json::parse(asset.row.bbox)},
                    {"source", asset.row.source}});
  }
  return list;
}

json intervals_json(const std::vector<TagInterval>& intervals)
{
  json list = json::array();
  for (const TagInterval& run : intervals) {
    list.push_back({{"tag", run.tag}, {"from_sec", run.interval.from_s}, {"to_sec", run.interval.to_s}});
  }
  return list;
}

}  // namespace

std::string analysis_json(const SceneResult& result, const MatchSettings& settings)
{
  json model = nullptr;
  if (settings.model_id != 0) { model = {{"name", settings.model.name}, {"fingerprint", settings.model.fingerprint}}; }
  const json value = {{"version", k_format_version},
                      {"generator", "vidcv"},
                      {"model", model},
                      {"thresholds",
                       {{"clip_similarity", settings.threshold},
                        {"clip_margin", settings.least_margin},
                        {"clip_distinctness", settings.least_distinctness},
                        {"face_match", settings.face_threshold},
                        {"detection_confidence", settings.detection_threshold}}},
                      {"frames", frames_json(result.frames)},
                      {"detections", {{"total", result.detections.size()}, {"unmatched", result.unmatched.size()}}},
                      {"matches", matches_json(result.seen)},
                      {"intervals", intervals_json(result.intervals)}};
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace vidcv
