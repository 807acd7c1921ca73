#include <vidcv/pipeline/detections.hpp>

#include "detection_readers.hpp"

#include <vidcv/core/text.hpp>
#include <vidcv/pipeline/embed_store.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vidcv {
namespace fs = std::filesystem;

namespace {

/// Files by each name that a detector may give them.
class FileNames {
 public:
  explicit FileNames(const std::vector<fs::path>& files)
  {
    for (const fs::path& file : files) {
      const fs::path path = stored_path(file);
      m_by_name[path.filename()].push_back({file, path});
      m_by_stem[path.stem()].push_back({file, path.parent_path() / path.stem()});
    }
  }

  /// Those whose path ends so, with its ending or, if there is none, without.
  std::vector<fs::path> find(const std::string& name) const
  {
    const fs::path path = percent_escaped(name);
    for (const Names* names : {&m_by_name, &m_by_stem}) {
      std::vector<fs::path> found;
      if (const auto known = names->find(path.filename()); known != names->end()) {
        for (const auto& [file, stored] : known->second) {
          if (ends_with(stored, path)) { found.push_back(file); }
        }
      }
      if (!found.empty()) { return found; }
    }
    return {};
  }

 private:
  struct Known {
    fs::path file;
    fs::path stored;
  };
  using Names = std::map<std::string, std::vector<Known>>;

  static bool ends_with(const fs::path& stored, const fs::path& name)
  {
    const std::string end = name.lexically_normal().native();
    return stored.native() == end || stored.native().ends_with("/" + end);
  }

  Names m_by_name;
  Names m_by_stem;
};

}  // namespace

std::optional<Box> Detection::box(int width, int height) const
{
  const double x_scale = shares ? width : 1;
  const double y_scale = shares ? height : 1;
  const auto inside = [](double at, int side) { return static_cast<int>(std::clamp<double>(at, 0, side)); };
  const Box box{inside(std::floor(corners[0] * x_scale), width), inside(std::floor(corners[1] * y_scale), height),
                inside(std::ceil(corners[2] * x_scale), width), inside(std::ceil(corners[3] * y_scale), height)};
  if (box.x1 >= box.x2 || box.y1 >= box.y2) { return std::nullopt; }
  return box;
}

void require_plausible(const Detection& detection)
{
  const auto& at = detection.corners;
  const auto refuse = [](const char* cause) { return std::invalid_argument(cause); };
  if (detection.clip.empty()) { throw refuse("it names no clip"); }
  if (!detection.frame_number && !detection.timestamp_s) {
    throw refuse("it has neither frame_number nor timestamp_sec");
  }
  if (detection.frame_number.value_or(0) < 0) { throw refuse("frame_number is below 0"); }
  if (!(detection.timestamp_s.value_or(0) >= 0)) { throw refuse("timestamp_sec is below 0"); }
  if (!std::ranges::all_of(at, [](double x) { return std::isfinite(x); })) { throw refuse("bbox is not finite"); }
  if (!(at[0] < at[2] && at[1] < at[3])) { throw refuse("bbox is empty: it is x1, y1, x2, y2"); }
  if (!(detection.confidence >= 0 && detection.confidence <= 1)) { throw refuse("confidence is not from 0 to 1"); }
  if (!is_utf8(detection.label)) { throw refuse("its class is no UTF-8"); }
  const double quality = detection.quality.value_or(0);
  if (!(quality >= 0 && quality <= 10)) { throw refuse("quality is not from 0 to 10"); }
}

InputError Detection::error(const std::string& cause) const
{
  return {source, "decode", entry + ": " + cause};
}

void set_frame_by_name(Detection& detection, const fs::path& name, std::int64_t first_frame)
{
  detection.clip = name;
  detection.frame_number = 0;
  const std::string stem = name.stem();
  const std::size_t bar = stem.rfind('_');
  const std::string digits = bar == std::string::npos || bar == 0 ? "" : stem.substr(bar + 1);
  const bool plain = !digits.empty() && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  const auto number = plain ? parse_integer(digits) : std::nullopt;
  if (!number) { return; }
  if (*number < first_frame) {
    throw std::invalid_argument(fmt::format("{} is below the first frame, {}", digits, first_frame));
  }
  detection.picture = name;
  detection.clip = name.parent_path() / stem.substr(0, bar);
  detection.frame_number = *number - first_frame;
}

void Detections::add(const fs::path& source, const DetectionEvents& events)
{
  std::error_code error;
  const fs::file_status status = fs::status(source, error);
  if (!fs::exists(status)) { throw InputError(source.native(), "open", error.message()); }
  if (fs::is_directory(status)) { return read_label_folder(source, m_first_frame, m_all, events); }
  if (!fs::is_regular_file(status)) { throw InputError(source.native(), "open", "is no regular file"); }
  if (source.extension() == ".jsonl" || source.extension() == ".ndjson") {
    return read_detection_lines(source, m_all, events);
  }
  if (source.extension() == ".json") { return read_coco(source, m_first_frame, m_all, events); }
  throw InputError(source.native(), "open", "is no FILE.jsonl, no FILE.json of COCO and no folder of label files");
}

std::map<fs::path, std::vector<Detection>> Detections::by_file(
    const std::vector<fs::path>& files, const std::function<void(const std::string&, std::size_t, bool)>& unknown) const
{
  const FileNames names(files);
  std::map<fs::path, std::vector<Detection>> of_files;
  std::map<std::string, std::size_t> lost;
  for (const Detection& detection : m_all) {
    const auto picture = detection.picture.empty() ? std::vector<fs::path>() : names.find(detection.picture);
    const auto clip = names.find(detection.clip);
    if (picture.size() == 1) {
      of_files[picture.front()].push_back(detection);
      of_files[picture.front()].back().frame_number = 0;
    } else if (clip.size() == 1) {
      of_files[clip.front()].push_back(detection);
    } else {
      ++lost[detection.clip];
    }
  }
  for (const auto& [name, count] : lost) { unknown(name, count, names.find(name).size() > 1); }
  return of_files;
}

}  // namespace vidcv
