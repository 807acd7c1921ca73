#include "clip_report.hpp"

#include "shared/clip_notes.hpp"

#include <vidcv/cli/json.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <limits>

namespace vidcv {
namespace fs = std::filesystem;
using json = nlohmann::ordered_json;
namespace {

std::string ratio_text(const std::optional<double>& ratio)
{
  return ratio ? fmt::format("{:.4f}", *ratio) : "-";
}

json clip_json(const SampledClip& clip)
{
  json value = {{"type", "clip"}};
  set_path(value, clip.file.native());
  value.update({{"width", clip.width},
                {"height", clip.height},
                {"fps", clip.fps},
                {"fps_claimed", or_null(clip.claims.fps)},
                {"duration_sec", clip.duration_s},
                {"duration_claimed_sec", or_null(clip.claims.duration_s)},
                {"frames_claimed", or_null(clip.claims.frames)},
                {"frames_decoded", clip.frames_decoded},
                {"frames_damaged", clip.frames_damaged},
                {"truncated", clip.is_truncated},
                {"clock_restarts", clip.clock_restarts},
                {"full_decode_reason", clip.full_decode_reason.empty() ? json() : json(clip.full_decode_reason)},
                {"rotation", clip.geometry.rotation},
                {"mirrored", clip.geometry.mirrored},
                {"pixel_aspect", clip.geometry.pixel_aspect}});
  return value;
}

json frame_json(const SampledFrame& frame, bool explained)
{
  json value = {{"frame_number", frame.pick.frame.number},
                {"timestamp_sec", frame.pick.frame.timestamp_s},
                {"kind", name_of(frame.pick.kind)},
                {"motion_ratio", or_null(frame.pick.frame.motion_ratio)},
                {"detail", frame.detail},
                {"blank", frame.blank},
                {"quality", frame.quality}};
  if (const auto& shot = frame.pick.shot) {
    value.update({{"shot_start_sec", shot->start_s}, {"shot_end_sec", shot->end_s}});
  }
  if (explained) { value["why"] = frame.pick.why; }
  return value;
}

json passed_json(const std::vector<Rejection>& rejected)
{
  json list = json::array();
  for (const auto& [frame, why] : rejected) {
    list.push_back({{"frame_number", frame.number},
                    {"timestamp_sec", frame.timestamp_s},
                    {"motion_ratio", or_null(frame.motion_ratio)},
                    {"why", why}});
  }
  return list;
}

json clip_with_frames(const SampledClip& clip, const std::vector<fs::path>& files, bool explains)
{
  json value = clip_json(clip);
  value["frames"] = json::array();
  for (std::size_t i = 0; i < clip.frames.size(); ++i) {
    json object = frame_json(clip.frames[i], explains);
    if (!files.empty()) { set_path(object, files[i].native(), "picture"); }
    value["frames"].push_back(std::move(object));
  }
  if (explains) { value["passed"] = passed_json(clip.rejected); }
  return value;
}

void write_ratios(const SampledClip& clip, Report& report)
{
  for (std::size_t i = 0; i < clip.motion_ratios.size(); ++i) {
    report.row({clip.file.native(), fmt::format("{}", i + 1), ratio_text(clip.motion_ratios[i])});
  }
}

std::vector<std::string> fields_of(const SampledClip& clip, const FrameFacts& frame, std::string_view kind)
{
  return {clip.file.native(), fmt::format("{}", frame.number), fmt::format("{:.3f}", frame.timestamp_s),
          std::string(kind), ratio_text(frame.motion_ratio)};
}

/// Chosen frames, and between them those that were passed over.
class RowWriter {
 public:
  RowWriter(const ClipReport& what, const SampledClip& clip, Report& report)
      : m_what(what), m_clip(clip), m_report(report), m_passed(clip.rejected.begin())
  {
  }

  void chosen(const SampledFrame& frame, const std::string& picture)
  {
    passed_before(frame.pick.frame.number);
    std::vector<std::string> fields = fields_of(m_clip, frame.pick.frame, name_of(frame.pick.kind));
    fields.insert(fields.end(), {frame.blank ? "blank" : "-", fmt::format("{:.1f}", frame.quality)});
    if (m_what.explains) { fields.push_back(frame.pick.why); }
    if (m_what.pictures) { fields.push_back(picture); }
    m_report.row(fields);
  }

  void passed_before(std::int64_t number)
  {
    for (; m_passed != m_clip.rejected.end() && m_passed->frame.number < number; ++m_passed) {
      std::vector<std::string> fields = fields_of(m_clip, m_passed->frame, "passed");
      fields.insert(fields.end(), {"-", "-", m_passed->why});
      if (m_what.pictures) { fields.emplace_back("-"); }
      m_report.row(fields);
    }
  }

 private:
  const ClipReport& m_what;
  const SampledClip& m_clip;
  Report& m_report;
  std::vector<Rejection>::const_iterator m_passed;
};

}  // namespace

std::vector<std::string_view> ClipReport::columns() const
{
  if (ratios) { return {"path", "frame_number", "motion_ratio"}; }
  std::vector<std::string_view> names = {"path",         "frame_number", "timestamp_sec", "kind",
                                         "motion_ratio", "blank",        "quality"};
  if (explains) { names.emplace_back("why"); }
  if (pictures) { names.emplace_back("picture"); }
  return names;
}

void ClipReport::write(const SampledClip& clip, const std::vector<fs::path>& files, Report& report) const
{
  report_notes(clip, report);
  if (report.json()) {
    json value = clip_with_frames(clip, files, explains);
    if (ratios) {
      value["motion_ratios"] = json::array();
      for (const auto& ratio : clip.motion_ratios) { value["motion_ratios"].push_back(or_null(ratio)); }
    }
    return report.object(value);
  }
  if (ratios) { return write_ratios(clip, report); }
  RowWriter rows(*this, clip, report);
  for (std::size_t i = 0; i < clip.frames.size(); ++i) {
    rows.chosen(clip.frames[i], files.empty() ? "-" : files[i].native());
  }
  rows.passed_before(std::numeric_limits<std::int64_t>::max());
}

}  // namespace vidcv
