#include <vidcv/exchange/edit_list.hpp>

#include "text_parts.hpp"

#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace vidcv {
namespace {

constexpr std::array<FrameRate, 8> k_editors_rates = {
    {{60, 1}, {60000, 1001}, {50, 1}, {30, 1}, {30000, 1001}, {25, 1}, {24, 1}, {24000, 1001}}};  // highest first

/// Whether `a` is a whole multiple of `b`.
bool is_whole(const FrameRate& a, const FrameRate& b)
{
  return (a.numerator * b.denominator) % (a.denominator * b.numerator) == 0;
}

}  // namespace

std::string base_name(const std::string& path)
{
  return path.substr(path.rfind('/') + 1);
}

FrameRate timeline_rate(const EditList& list)
{
  std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> counts;
  for (const EditMoment& moment : list.moments) {
    const FrameRate& rate = list.clips.at(moment.clip).rate;
    ++counts[{rate.numerator, rate.denominator}];
  }
  if (counts.empty()) { return {}; }
  const auto most = std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
  const FrameRate rate{most->first.first, most->first.second};
  if (std::ranges::find(k_editors_rates, rate) != k_editors_rates.end()) { return rate; }
  const auto is_part = [&](const FrameRate& of_editors) { return is_whole(rate, of_editors); };
  const auto is_multiple = [&](const FrameRate& of_editors) { return is_whole(of_editors, rate); };
  auto known = std::ranges::find_if(k_editors_rates, is_part);
  if (known == k_editors_rates.end()) { known = std::ranges::find_if(k_editors_rates, is_multiple); }
  return known != k_editors_rates.end() ? *known : FrameRate{30, 1};
}

namespace {

/// Frames of another rate in those of the timeline.
std::int64_t converted(std::int64_t frame, const FrameRate& from, const FrameRate& to)
{
  return from == to ? frame : frame_at(static_cast<double>(frame) / from.fps(), to);
}

std::string vtt_time(double seconds)
{
  const auto thousandths = std::int64_t{std::llround(seconds * 1000)};
  return fmt::format("{:02}:{:02}:{:02}.{:03}", thousandths / 3'600'000, thousandths / 60'000 % 60,
                     thousandths / 1000 % 60, thousandths % 1000);
}

/// The time at which a moment's last frame ends.
double end_of(const EditList& list, const EditMoment& moment)
{
  const EditClip& clip = list.clips.at(moment.clip);
  const double end = moment.to_s + 1 / clip.rate.fps();
  return clip.duration_s > moment.to_s ? std::min(end, clip.duration_s) : end;
}

}  // namespace

std::string edl_text(const EditList& list)
{
  const FrameRate rate = timeline_rate(list);
  std::string text = fmt::format("TITLE: {}\nFCM: {}\n", valid_utf8(one_line(list.name)),
                                 can_drop_frames(rate) ? "DROP FRAME" : "NON-DROP FRAME");
  std::int64_t at = first_frame_of_hour(rate);  // where editors begin
  int number = 0;
  for (const EditMoment& moment : list.moments) {
    const EditClip& clip = list.clips.at(moment.clip);
    const std::int64_t first = converted(moment.first, clip.rate, rate);
    const std::int64_t end = std::max(first + 1, converted(moment.end, clip.rate, rate));
    text += fmt::format("\n{:03}  AX       V     C        {} {} {} {}\n", ++number, timecode(first, rate),
                        timecode(end, rate), timecode(at, rate), timecode(at + end - first, rate));
    text += fmt::format("* FROM CLIP NAME: {}\n* SOURCE FILE: {}\n* COMMENT: {} {:.3f} {}\n",
                        valid_utf8(one_line(base_name(clip.path))), valid_utf8(one_line(clip.path)),
                        valid_utf8(one_line(moment.label)), moment.score, valid_utf8(one_line(moment.note)));
    at += end - first;
  }
  return text;
}

std::string webvtt_text(const EditList& list, std::size_t clip)
{
  std::string text = "WEBVTT\n";
  int number = 0;
  for (const EditMoment& moment : std::ranges::equal_range(list.moments, clip, {}, &EditMoment::clip)) {
    text += fmt::format("\n{}\n{} --> {}\n{}\n", ++number, vtt_time(moment.from_s), vtt_time(end_of(list, moment)),
                        markup_text(moment.label));
  }
  return text;
}

bool can_be_listed(const EditClip& clip)
{
  return clip.path.find('\n') == std::string::npos;
}

std::string ffconcat_text(const EditList& list)
{
  std::string text = "ffconcat version 1.0\n";
  for (const EditMoment& moment : list.moments) {
    if (!can_be_listed(list.clips.at(moment.clip))) { continue; }
    std::string quoted;
    for (const char character : list.clips.at(moment.clip).path) {
      quoted += character == '\'' ? std::string("'\\''") : std::string(1, character);
    }
    text += fmt::format("file '{}'\ninpoint {:.6f}\noutpoint {:.6f}\n", quoted, moment.from_s, end_of(list, moment));
  }
  return text;
}

}  // namespace vidcv
