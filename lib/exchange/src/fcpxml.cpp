#include <vidcv/exchange/edit_list.hpp>

#include "text_parts.hpp"

#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <iterator>
#include <map>
#include <set>
#include <tuple>

namespace vidcv {
namespace {

using FormatKey = std::tuple<std::int64_t, std::int64_t, int, int>;

FormatKey key_of(const EditClip& clip)
{
  return {clip.rate.numerator, clip.rate.denominator, clip.width, clip.height};
}

class FcpxmlWriter {
 public:
  FcpxmlWriter(const EditList& list, EditStyle style) : m_list(list), m_style(style), m_rate(timeline_rate(list)) {}

  std::string text()
  {
    m_text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE fcpxml>\n<fcpxml version=\"1.9\">\n<resources>\n";
    add_resources();
    std::string spine;
    std::swap(spine, m_text);
    m_style == EditStyle::markers ? add_whole_clips() : add_moments();
    std::swap(spine, m_text);
    add("</resources>\n<library>\n<event name=\"vidcv\">\n<project name=\"{}\">\n<sequence format=\"f0\" "
        "duration=\"{}\" tcStart=\"0s\" tcFormat=\"{}\">\n<spine>\n",
        markup_text(m_list.name), rational_seconds(m_offset, m_rate), can_drop_frames(m_rate) ? "DF" : "NDF");
    return m_text + spine + "</spine>\n</sequence>\n</project>\n</event>\n</library>\n</fcpxml>\n";
  }

 private:
  template <typename... Values>
  void add(fmt::format_string<Values...> format, Values&&... values)
  {
    fmt::format_to(std::back_inserter(m_text), format, std::forward<Values>(values)...);
  }

  /// The timeline's own format is f0.
  void add_resources()
  {
    add("<format id=\"f0\" frameDuration=\"{}\"/>\n", rational_seconds(1, m_rate));
    std::set<std::size_t> used;
    for (const EditMoment& moment : m_list.moments) { used.insert(moment.clip); }
    for (const std::size_t number : used) {
      const EditClip& clip = m_list.clips[number];
      const auto [format, is_new] = m_formats.try_emplace(key_of(clip), m_formats.size() + 1);
      if (!is_new) { continue; }
      add("<format id=\"f{}\" frameDuration=\"{}\"", format->second, rational_seconds(1, clip.rate));
      if (clip.width > 0 && clip.height > 0) { add(" width=\"{}\" height=\"{}\"", clip.width, clip.height); }
      add("/>\n");
    }
    for (const std::size_t number : used) {
      const EditClip& clip = m_list.clips[number];
      add("<asset id=\"a{}\" name=\"{}\" start=\"0s\" duration=\"{}\" hasVideo=\"1\" format=\"f{}\">"
          "<media-rep kind=\"original-media\" src=\"{}\"/></asset>\n",
          number + 1, markup_text(base_name(clip.path)), rational_seconds(clip.frames, clip.rate),
          m_formats.at(key_of(clip)), file_url(clip.path));
    }
  }

  /// The start of a clip in the timeline, in whole frames of the timeline.
  void begin_clip(std::size_t number, const std::string& name, std::int64_t first, std::int64_t end)
  {
    const EditClip& clip = m_list.clips.at(number);
    const double seconds = static_cast<double>(end - first) / clip.rate.fps();
    const std::int64_t frames =
        clip.rate == m_rate ? end - first : std::max<std::int64_t>(1, frame_at(seconds, m_rate));
    add("<asset-clip ref=\"a{}\" name=\"{}\" offset=\"{}\" start=\"{}\" duration=\"{}\" format=\"f{}\">\n", number + 1,
        markup_text(name), rational_seconds(m_offset, m_rate), rational_seconds(first, clip.rate),
        rational_seconds(frames, m_rate), m_formats.at(key_of(clip)));
    m_offset += frames;
  }

  void add_marker(const EditMoment& moment)
  {
    const FrameRate& rate = m_list.clips.at(moment.clip).rate;
    add("<marker start=\"{}\" duration=\"{}\" value=\"{}\" note=\"score {:.3f} {}\"/>\n",
        rational_seconds(moment.first, rate), rational_seconds(moment.end - moment.first, rate),
        markup_text(moment.label), moment.score, markup_text(moment.note));
  }

  void add_whole_clips()
  {
    std::size_t last = m_list.clips.size();
    for (const EditMoment& moment : m_list.moments) {
      if (moment.clip != last) {
        if (last != m_list.clips.size()) { add("</asset-clip>\n"); }
        const EditClip& clip = m_list.clips.at(moment.clip);
        begin_clip(moment.clip, base_name(clip.path), 0, clip.frames);
        last = moment.clip;
      }
      add_marker(moment);
    }
    if (last != m_list.clips.size()) { add("</asset-clip>\n"); }
  }

  void add_moments()
  {
    for (const EditMoment& moment : m_list.moments) {
      begin_clip(moment.clip, moment.label, moment.first, moment.end);
      add_marker(moment);
      add("</asset-clip>\n");
    }
  }

  const EditList& m_list;
  EditStyle m_style;
  FrameRate m_rate;
  std::int64_t m_offset = 0;  // in the timeline, in its frames
  std::map<FormatKey, std::size_t> m_formats;
  std::string m_text;
};

}  // namespace

std::string fcpxml_text(const EditList& list, EditStyle style)
{
  return FcpxmlWriter(list, style).text();
}

}  // namespace vidcv
