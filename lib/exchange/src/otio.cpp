#include <vidcv/exchange/edit_list.hpp>

#include "text_parts.hpp"

#include <vidcv/core/text.hpp>

#include <nlohmann/json.hpp>

namespace vidcv {
namespace {

using json = nlohmann::ordered_json;

json time_json(std::int64_t frames, const FrameRate& rate)
{
  return {{"OTIO_SCHEMA", "RationalTime.1"}, {"rate", rate.fps()}, {"value", static_cast<double>(frames)}};
}

json range_json(std::int64_t first, std::int64_t frames, const FrameRate& rate)
{
  return {
      {"OTIO_SCHEMA", "TimeRange.1"}, {"start_time", time_json(first, rate)}, {"duration", time_json(frames, rate)}};
}

json metadata_json(const EditMoment& moment)
{
  return {{"vidcv",
           {{"label", moment.label},
            {"score", moment.score},
            {"from_sec", moment.from_s},
            {"to_sec", moment.to_s},
            {"note", moment.note}}}};
}

json marker_json(const EditMoment& moment, const FrameRate& rate)
{
  return {{"OTIO_SCHEMA", "Marker.2"},
          {"metadata", metadata_json(moment)},
          {"name", moment.label},
          {"color", "RED"},
          {"marked_range", range_json(moment.first, moment.end - moment.first, rate)}};
}

json clip_json(const EditClip& clip, std::string name, std::int64_t first, std::int64_t end)
{
  return {{"OTIO_SCHEMA", "Clip.1"},
          {"metadata", json::object()},
          {"name", std::move(name)},
          {"source_range", range_json(first, end - first, clip.rate)},
          {"effects", json::array()},
          {"markers", json::array()},
          {"media_reference",
           {{"OTIO_SCHEMA", "ExternalReference.1"},
            {"metadata", json::object()},
            {"name", base_name(clip.path)},
            {"available_range", range_json(0, clip.frames, clip.rate)},
            {"target_url", file_url(clip.path)}}}};
}

/// Each clip with moments, whole.
json whole_clips(const EditList& list)
{
  json clips = json::array();
  std::size_t last = list.clips.size();
  for (const EditMoment& moment : list.moments) {
    const EditClip& clip = list.clips.at(moment.clip);
    if (moment.clip != last) { clips.push_back(clip_json(clip, base_name(clip.path), 0, clip.frames)); }
    last = moment.clip;
    clips.back()["markers"].push_back(marker_json(moment, clip.rate));
  }
  return clips;
}

json moment_clips(const EditList& list)
{
  json clips = json::array();
  for (const EditMoment& moment : list.moments) {
    clips.push_back(clip_json(list.clips.at(moment.clip), moment.label, moment.first, moment.end));
    clips.back()["metadata"] = metadata_json(moment);
  }
  return clips;
}

}  // namespace

std::string otio_text(const EditList& list, EditStyle style)
{
  const json track = {
      {"OTIO_SCHEMA", "Track.1"}, {"metadata", json::object()},
      {"name", "moments"},        {"kind", "Video"},
      {"source_range", nullptr},  {"effects", json::array()},
      {"markers", json::array()}, {"children", style == EditStyle::markers ? whole_clips(list) : moment_clips(list)}};
  const json stack = {{"OTIO_SCHEMA", "Stack.1"},        {"metadata", json::object()}, {"name", "tracks"},
                      {"source_range", nullptr},         {"effects", json::array()},   {"markers", json::array()},
                      {"children", json::array({track})}};
  const json timeline = {{"OTIO_SCHEMA", "Timeline.1"},
                         {"metadata", json::object()},
                         {"name", list.name},
                         {"global_start_time", nullptr},
                         {"tracks", stack}};
  return timeline.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace vidcv
