#pragma once

#include <vidcv/exchange/frame_rate.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace vidcv {

/// A clip as an editor knows it.
struct EditClip {
  std::string path;  ///< absolute, any bytes
  FrameRate rate;
  bool is_steady = true;  ///< its frames follow each other at the rate
  std::int64_t frames = 0;
  int width = 0;
  int height = 0;
  double duration_s = 0;
};

/// An interval of a clip, frames [first, end).
struct EditMoment {
  std::size_t clip = 0;
  std::string label;
  std::int64_t first = 0;
  std::int64_t end = 0;
  double from_s = 0;
  double to_s = 0;  ///< time of the last frame
  double score = 0;
  std::string note;
};

/// Moments by clip and time.
struct EditList {
  std::string name;
  std::vector<EditClip> clips;
  std::vector<EditMoment> moments;
};

enum class EditStyle {
  markers,  ///< each clip whole, with a marker for each moment
  clips,    ///< each moment as a clip, one after the other
};

/// The rate of a timeline: that of most moments' clips. Where editors have no such rate, the highest one of theirs that
/// divides it, else the highest multiple of it, else 30.
FrameRate timeline_rate(const EditList& list);

/// OpenTimelineIO's JSON (Timeline.1, Clip.1), which DaVinci Resolve and others read. Times are in frames of each
/// clip's rate.
std::string otio_text(const EditList& list, EditStyle style);

/// CMX 3600: an event for each moment, at timeline_rate(), drop-frame where that is 29.97 or 59.94.
std::string edl_text(const EditList& list);

/// FCPXML 1.9, for Final Cut Pro and DaVinci Resolve. Times are whole frames as rational seconds.
std::string fcpxml_text(const EditList& list, EditStyle style);

/// The moments of one clip as WebVTT chapters.
std::string webvtt_text(const EditList& list, std::size_t clip);

/// Whether a list of FFmpeg can name the clip: a path has a line of its own.
bool can_be_listed(const EditClip& clip);

/// A list for FFmpeg's concat demuxer: the moments in sequence, but for clips that no list can name. `ffmpeg -f concat
/// -safe 0 -i LIST OUT`.
std::string ffconcat_text(const EditList& list);

}  // namespace vidcv
