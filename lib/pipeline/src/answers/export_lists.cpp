#include <vidcv/pipeline/export_lists.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

namespace vidcv {
namespace {

/// Whether the sampled frames lie where a steady rate would have them, within half a frame.
bool has_steady_rate(const StoredClip& clip)
{
  if (clip.fps <= 0) { return false; }
  const double fps = rate_of(clip.fps).fps();
  return std::ranges::all_of(clip.frames, [&](const FramePlace& frame) {
    return std::abs(frame.timestamp_s * fps - static_cast<double>(frame.number)) < 0.5;
  });
}

EditClip edit_clip(const StoredClip& clip)
{
  EditClip shown;
  shown.path = clip.file.native();
  shown.width = clip.width;
  shown.height = clip.height;
  shown.duration_s = clip.duration_s;
  if (clip.fps > 0) { shown.rate = rate_of(clip.fps); }
  shown.is_steady = has_steady_rate(clip);
  const std::int64_t by_time = frame_at(clip.duration_s, shown.rate);
  shown.frames = std::max<std::int64_t>(1, by_time);
  return shown;
}

/// The frame of a moment's border: by its number where the clip's rate is steady, else by its time.
std::int64_t frame_of(const StoredClip& clip, const EditClip& shown, double time_s)
{
  const auto place = std::ranges::lower_bound(clip.frames, time_s, {}, &FramePlace::timestamp_s);
  const bool is_stored = place != clip.frames.end() && place->timestamp_s == time_s;
  return is_stored && shown.is_steady ? place->number : frame_at(time_s, shown.rate);
}

EditMoment edit_moment(const StoredClip& clip, const EditClip& shown, double from_s, double to_s)
{
  EditMoment moment;
  moment.from_s = from_s;
  moment.to_s = to_s;
  moment.first = frame_of(clip, shown, from_s);
  moment.end = std::max(moment.first, frame_of(clip, shown, to_s)) + 1;
  return moment;
}

EditList list_of_clips(const StoredFindings& findings, const std::string& name)
{
  EditList list;
  list.name = name;
  for (const StoredClip& clip : findings.clips) { list.clips.push_back(edit_clip(clip)); }
  return list;
}

/// In order of clips and times; a clip is as long as what is shown of it.
void finish(EditList& list)
{
  for (const EditMoment& moment : list.moments) {
    std::int64_t& frames = list.clips[moment.clip].frames;
    frames = std::max(frames, moment.end);
  }
  std::ranges::sort(list.moments, {}, [](const EditMoment& moment) {
    return std::tuple(moment.clip, moment.first, moment.end, moment.label, moment.score);
  });
}

}  // namespace

EditList edit_list(const StoredFindings& findings, const std::string& name)
{
  EditList list = list_of_clips(findings, name);
  for (const StoredMoment& seen : findings.moments) {
    const StoredClip& clip = findings.clips[seen.clip];
    if (clip.file.empty()) { continue; }
    EditMoment moment = edit_moment(clip, list.clips[seen.clip], seen.from_s, seen.to_s);
    moment.clip = seen.clip;
    moment.label = findings.assets[seen.asset].tag;
    moment.score = seen.best.confidence;
    moment.note = seen.best.source;
    list.moments.push_back(std::move(moment));
  }
  finish(list);
  return list;
}

EditList edit_list(const StoredFindings& findings, const std::vector<FoundMoment>& found, const std::string& query)
{
  EditList list = list_of_clips(findings, query);
  std::map<std::string, std::size_t> clips;
  for (std::size_t i = 0; i < findings.clips.size(); ++i) { clips.emplace(findings.clips[i].file.native(), i); }
  for (const FoundMoment& seen : found) {
    const auto clip = clips.find(seen.path);
    if (clip == clips.end()) { continue; }
    EditMoment moment = edit_moment(findings.clips[clip->second], list.clips[clip->second], seen.from_s, seen.to_s);
    moment.clip = clip->second;
    moment.label = query;
    moment.score = seen.best.score;
    moment.note = "search";
    list.moments.push_back(std::move(moment));
  }
  finish(list);
  return list;
}

CocoSet coco_set(Database& database, FindingsFilter filter, std::int64_t& left_out)
{
  CocoSet set;
  std::map<std::string, std::size_t> categories;
  std::map<std::pair<std::string, std::int64_t>, std::size_t> images;
  std::set<std::tuple<std::size_t, std::size_t, std::string, std::string>> known;
  left_out = 0;
  filter.row = [&](const StoredClip& clip, const TimelineRow& row) {
    if (!row.frame_number || clip.width <= 0 || clip.height <= 0) {
      ++left_out;
      return;
    }
    const auto [image, is_new] = images.try_emplace({clip.file.native(), *row.frame_number}, set.images.size());
    if (is_new) {
      set.images.push_back(
          {clip.file.native(), *row.frame_number, row.timestamp_s.value_or(0), clip.width, clip.height});
    }
    const auto [category, is_first] = categories.try_emplace(row.tag, set.categories.size());
    if (is_first) { set.categories.push_back(row.tag); }
    const Box box = shown_box(row.bbox, clip).value_or(Box{0, 0, clip.width, clip.height});
    const std::tuple key(image->second, category->second, row.bbox, row.source);
    if (!known.insert(key).second) { return; }  // of another project that shows the clip
    set.annotations.push_back({image->second, category->second, box, row.confidence, row.source});
  };
  stored_findings(database, filter);
  return set;
}

}  // namespace vidcv
