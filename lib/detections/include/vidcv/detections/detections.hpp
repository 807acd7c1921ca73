#pragma once

#include <vidcv/core/embedding.hpp>
#include <vidcv/core/error.hpp>
#include <vidcv/core/image.hpp>

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vidcv {

/// A frame, by a name that a file may have.
struct FrameName {
  std::string file;  ///< a path, or the end of one from a folder on, with or without its ending
  /// Ordinal in presentation order, from 0; nothing where a time says it.
  std::optional<std::int64_t> frame_number = {};
  bool is_picture = false;    ///< only a still picture is meant
  bool is_number = false;     ///< `file` is a number: a file whose name is that number with zeros in front fits too
  bool is_elsewhere = false;  ///< a path of another machine: the end of it alone counts
};

/// What some detector saw in a frame.
struct Detection {
  std::vector<FrameName> names;              ///< candidates, the likeliest first; the existing files decide
  std::optional<std::int64_t> frame_number;  ///< of the name that is meant; once that is known
  std::optional<double> timestamp_s;         ///< the frame on the screen then
  std::array<double, 4> corners{};           ///< x1, y1, x2, y2
  bool shares = false;                       ///< corners are shares of the frame's sides, not pixels
  std::string label;                         ///< the class, UTF-8
  double confidence = 0;                     ///< 0 to 1
  std::optional<double> quality = {};        ///< 0 to 10, if the detector said
  Embedding face = {};                       ///< a vector of the face in the box, of unit length; empty for none
  bool is_nothing = false;                   ///< the clip was examined and nothing was seen; only the name counts
  std::string source = {};                   ///< the file in which it was read
  std::string entry = {};                    ///< and where there: `line 3`

  /// An error about it.
  InputError error(const std::string& cause) const;

  /// The box in pixels of a frame, rounded outwards and cut off at its sides; nothing where that is empty.
  std::optional<Box> box(int width, int height) const;
};

/// What a reading reports.
struct DetectionEvents {
  std::function<void(const InputError&)> bad;      ///< a line or an entry that cannot be used
  std::function<void(const std::string&)> warned;  ///< something that the user should know of a file
};

/// What is reported of names.
struct NamingEvents {
  std::function<void(const InputError&)> bad;  ///< a detection that is of a file and cannot be in it
  /// A name that fits no file, or several; with the number of its detections.
  std::function<void(const std::string& name, std::size_t count, bool several)> unknown;
  /// Files that were found by the end of a path of another machine, by that path.
  std::function<void(const std::map<std::string, std::filesystem::path>& files)> elsewhere;
};

/// Detections out of files, by the clip they are of. What is bad is reported by file and line, and the rest is used:
/// - FILE.jsonl: one object per line, as docs/detections.md has it
/// - FILE.json: COCO results (an array), or a COCO dataset whose annotations have a score
/// - DIR: label files of ultralytics (`STEM_N.txt`, or `STEM.txt` of a picture) with `classes.txt` if there
class Detections {
 public:
  /// @param first_frame  what N of the first frame is in names STEM_N
  explicit Detections(std::int64_t first_frame = 1) : m_first_frame(first_frame) {}

  /// @throws InputError if it cannot be opened or is of none of these kinds
  void add(const std::filesystem::path& source, const DetectionEvents& events);

  std::size_t size() const noexcept { return m_all.size(); }

  /// Detections of each file, in the order in which they were read; an empty list where nothing was seen in it.
  std::map<std::filesystem::path, std::vector<Detection>> by_file(const std::vector<std::filesystem::path>& files,
                                                                  const NamingEvents& events) const;

 private:
  std::int64_t m_first_frame;
  std::vector<Detection> m_all;
};

}  // namespace vidcv
