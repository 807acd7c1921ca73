#include "find/scene_matches.hpp"

#include <algorithm>

namespace vidcv {
namespace {

/// The sampled frames, and those that only detections are about, in presentation order.
std::vector<SceneFrame> scene_frames(const std::vector<FrameRecord>& frames,
                                     const std::vector<DetectionRecord>& detections)
{
  std::map<std::int64_t, SceneFrame> by_number;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    by_number[frames[i].frame_number] = {frames[i].frame_number, frames[i].timestamp_s, static_cast<int>(i),
                                         frames[i].id, true};
  }
  for (const DetectionRecord& seen : detections) {
    by_number.try_emplace(seen.frame_number, SceneFrame{seen.frame_number, seen.timestamp_s, 0, 0, false});
  }
  std::vector<SceneFrame> looked;
  int index = 0;
  for (auto& [number, frame] : by_number) {
    if (frame.is_sampled) { index = frame.index; }
    frame.index = index;
    looked.push_back(frame);
  }
  return looked;
}

}  // namespace

SceneMatches::SceneMatches(const std::vector<FrameRecord>& frames, const std::vector<DetectionRecord>& detections)
    : m_frames(scene_frames(frames, detections)), m_frame_of(detections.size())
{
  std::size_t detection = 0;  // they come by frame
  for (std::size_t i = 0; i < m_frames.size(); ++i) {
    if (m_frames[i].is_sampled) { add_views(i, frames[static_cast<std::size_t>(m_frames[i].index)]); }
    for (; detection < detections.size() && detections[detection].frame_number == m_frames[i].number; ++detection) {
      m_frame_of[detection] = i;
      m_views.push_back({i, detections[detection].embedding});
      m_boxes.emplace_back(detections[detection].box);
    }
  }
}

std::optional<std::size_t> SceneMatches::find_frame(std::int64_t number) const
{
  const auto found = std::ranges::lower_bound(m_frames, number, {}, &SceneFrame::number);
  if (found == m_frames.end() || found->number != number) { return std::nullopt; }
  return static_cast<std::size_t>(found - m_frames.begin());
}

void SceneMatches::add_views(std::size_t frame, const FrameRecord& record)
{
  if (record.blank) { return; }
  m_views.push_back({frame, record.embedding});
  m_boxes.emplace_back();
  for (const RegionRecord& region : record.regions) {
    m_views.push_back({frame, region.embedding});
    m_boxes.emplace_back(region.box);
  }
}

void SceneMatches::add(const Sighting& sighting)
{
  const auto [known, is_new] = m_seen.try_emplace({sighting.frame, sighting.asset, sighting.source}, sighting);
  if (!is_new && sighting.confidence > known->second.confidence) { known->second = sighting; }
}

std::vector<Sighting> SceneMatches::sightings() const
{
  std::vector<Sighting> all;
  for (const auto& [key, sighting] : m_seen) { all.push_back(sighting); }
  std::ranges::sort(all, [](const Sighting& a, const Sighting& b) {
    return std::tuple(a.frame, -a.confidence, a.asset, a.source) <
           std::tuple(b.frame, -b.confidence, b.asset, b.source);
  });
  return all;
}

std::vector<TagInterval> SceneMatches::intervals(std::size_t asset, const std::string& tag) const
{
  std::map<std::size_t, const Sighting*> best;  // by frame
  for (const auto& [key, sighting] : m_seen) {
    if (sighting.asset != asset) { continue; }
    const Sighting*& known = best.try_emplace(sighting.frame, &sighting).first->second;
    if (sighting.confidence > known->confidence) { known = &sighting; }
  }
  std::vector<double> times_s;
  std::vector<bool> seen;
  std::vector<const Sighting*> sightings;  // null: not seen
  std::vector<double> sampled_s;
  for (std::size_t i = 0; i < m_frames.size() && !best.empty(); ++i) {
    if (m_frames[i].is_sampled) { sampled_s.push_back(m_frames[i].time_s); }
    const auto found = best.find(i);
    if (found == best.end() && !m_frames[i].is_sampled) { continue; }
    times_s.push_back(m_frames[i].time_s);
    seen.push_back(found != best.end());
    sightings.push_back(found == best.end() ? nullptr : found->second);
  }
  std::vector<TagInterval> runs;
  for (const Interval& run : intervals_of(times_s, seen, longest_step(sampled_s))) {
    const auto first = sightings.begin() + static_cast<std::ptrdiff_t>(run.first);
    const auto last = sightings.begin() + static_cast<std::ptrdiff_t>(run.last) + 1;
    const Sighting& clearest =
        **std::max_element(first, last, [](auto* a, auto* b) { return a->confidence < b->confidence; });
    runs.push_back({tag, run, static_cast<int>(last - first), clearest.confidence, clearest.distinctness});
  }
  return runs;
}

}  // namespace vidcv
