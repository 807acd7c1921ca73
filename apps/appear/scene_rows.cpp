#include "scene_rows.hpp"

#include <vidcv/cli/json.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>

namespace vidcv {
using json = nlohmann::ordered_json;
namespace {

json appearance_json(const SeenAsset& seen)
{
  const AppearanceRecord& row = seen.row;
  return {{"type", "appearance"},
          {"asset_id", row.asset_id},
          {"tag", seen.tag},
          {"project_id", row.project_id},
          {"scene_index", row.scene_index},
          {"frame_index", row.frame_index},
          {"frame_number", row.frame_number},
          {"timestamp_sec", row.timestamp_s},
          {"bbox", box_json(seen.box)},
          {"confidence", row.confidence},
          {"margin", or_null(row.margin)},
          {"distinctness", or_null(row.distinctness)},
          {"source", row.source}};
}

json scene_json(const SceneResult& result)
{
  json value = {
      {"type", "scene"}, {"project_id", result.clip.scene.project_id}, {"scene_index", result.clip.scene.scene_index}};
  set_path(value, result.clip.file.native());
  value["continuity_score"] = or_null(result.continuity_score);
  value["intervals"] = json::array();
  for (const TagInterval& run : result.intervals) {
    value["intervals"].push_back({{"tag", run.tag}, {"from_sec", run.interval.from_s}, {"to_sec", run.interval.to_s}});
  }
  return value;
}

}  // namespace

void report_scene(const SceneResult& result, Report& report)
{
  if (report.json()) {
    for (const SeenAsset& seen : result.seen) { report.object(appearance_json(seen)); }
    report.object(scene_json(result));
    return;
  }
  for (const TagInterval& run : result.intervals) {
    report.row({result.clip.file.native(), run.tag, fmt::format("{:.3f}", run.interval.from_s),
                fmt::format("{:.3f}", run.interval.to_s), fmt::format("{}", run.frames),
                fmt::format("{:.3f}", run.confidence),
                run.distinctness ? fmt::format("{:.3f}", *run.distinctness) : "-"});
  }
}

void report_registered(const RegisteredAsset& made, Report& report)
{
  const NewAsset& asset = made.asset;
  if (!report.json()) {
    return report.warning(fmt::format("{}: a new asset, {}: {}", one_line(made.tag), one_line(asset.description),
                                      one_line(asset.picture)));
  }
  json value = {{"type", "registered"}, {"asset_id", asset.id}, {"tag", made.tag}};
  set_path(value, made.file.native());
  value.update({{"frame_number", made.detection.frame_number},
                {"timestamp_sec", made.detection.timestamp_s},
                {"bbox", box_json(made.detection.box)},
                {"class", asset.label},
                {"confidence", asset.confidence},
                {"quality", asset.quality},
                {"picture", asset.picture},
                {"source_asset_id", asset.parent_id.empty() ? json(nullptr) : json(asset.parent_id)}});
  report.object(value);
}

}  // namespace vidcv
