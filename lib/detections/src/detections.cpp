#include <vidcv/detections/detections.hpp>

#include "name_index.hpp"
#include "readers.hpp"

#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vidcv {
namespace fs = std::filesystem;

std::optional<Box> Detection::box(int width, int height) const
{
  const double x_scale = shares ? width : 1;
  const double y_scale = shares ? height : 1;
  constexpr double k_rounding = 1e-6;  // of a pixel: shares of a side do not meet its pixels exactly
  const auto inside = [](double at, int side) { return static_cast<int>(std::clamp<double>(at, 0, side)); };
  const auto first = [&](double at, int side) { return inside(std::floor(at + k_rounding), side); };
  const auto last = [&](double at, int side) { return inside(std::ceil(at - k_rounding), side); };
  const Box box{first(corners[0] * x_scale, width), first(corners[1] * y_scale, height),
                last(corners[2] * x_scale, width), last(corners[3] * y_scale, height)};
  if (box.x1 >= box.x2 || box.y1 >= box.y2) { return std::nullopt; }
  return box;
}

void require_plausible(const Detection& detection)
{
  const auto& at = detection.corners;
  const auto refuse = [](const char* cause) { return std::invalid_argument(cause); };
  if (detection.names.empty() || detection.names.front().file.empty()) { throw refuse("it names no clip"); }
  if (detection.is_nothing) { return; }
  if (!detection.names.front().frame_number && !detection.timestamp_s) {
    throw refuse("it has neither frame_number nor timestamp_sec");
  }
  if (!(detection.timestamp_s.value_or(0) >= 0)) { throw refuse("timestamp_sec is below 0"); }
  if (!std::ranges::all_of(at, [](double x) { return std::isfinite(x); })) { throw refuse("bbox is not finite"); }
  if (!(at[0] < at[2] && at[1] < at[3])) { throw refuse("bbox is empty: it is x1, y1, x2, y2"); }
  if (!(detection.confidence >= 0 && detection.confidence <= 1)) { throw refuse("confidence is not from 0 to 1"); }
  const auto is_control = [](char c) { return (c >= 0 && c < ' ') || c == '\x7F'; };
  if (!is_utf8(detection.label)) { throw refuse("its class is not UTF-8"); }
  if (std::ranges::any_of(detection.label, is_control)) { throw refuse("its class has control characters"); }
  const double quality = detection.quality.value_or(0);
  if (!(quality >= 0 && quality <= 10)) { throw refuse("quality is not from 0 to 10"); }
}

InputError Detection::error(const std::string& cause) const
{
  return {source, "decode", entry + ": " + cause};
}

void Detections::add(const fs::path& source, const DetectionEvents& events)
{
  std::error_code error;
  const fs::file_status status = fs::status(source, error);
  if (!fs::exists(status)) { throw InputError(source.native(), "open", error.message()); }
  if (fs::is_directory(status)) { return read_label_folder(source, m_first_frame, m_all, events); }
  if (!fs::is_regular_file(status)) { throw InputError(source.native(), "open", "not a regular file"); }
  const std::string ending = source.extension();
  if (same_word(ending, ".jsonl") || same_word(ending, ".ndjson")) {
    return read_detection_lines(source, m_all, events);
  }
  if (same_word(ending, ".json")) { return read_coco(source, m_first_frame, m_all, events); }
  throw InputError(source.native(), "open", "neither FILE.jsonl, nor FILE.json of COCO, nor a folder of label files");
}

std::map<fs::path, std::vector<Detection>> Detections::by_file(const std::vector<fs::path>& files,
                                                               const NamingEvents& events) const
{
  const std::vector<DetectionNames::Meaning> meanings = DetectionNames(files).meanings_of(m_all);
  std::map<fs::path, std::vector<Detection>> of_files;
  std::map<std::pair<std::string, bool>, std::size_t> lost;  // by name, and whether there are several
  std::map<std::string, fs::path> elsewhere;
  for (std::size_t i = 0; i < m_all.size(); ++i) {
    const auto& [meant, name, shared] = meanings[i];
    const Detection& detection = m_all[i];
    if (meant.size() != 1) {
      lost[{name->file, meant.size() > 1}] += detection.is_nothing ? 0 : 1;
    } else if (name->frame_number.value_or(0) < 0) {
      events.bad(detection.error(fmt::format("its name is below that of the first frame, {}", m_first_frame)));
    } else {
      std::vector<Detection>& of_file = of_files[meant.front()];
      if (shared > 0) { elsewhere.emplace(name->file, meant.front()); }
      if (detection.is_nothing) { continue; }
      of_file.push_back(detection);
      of_file.back().frame_number = name->frame_number;
    }
  }
  for (const auto& [name, count] : lost) { events.unknown(name.first, count, name.second); }
  if (!elsewhere.empty()) { events.elsewhere(elsewhere); }
  return of_files;
}

}  // namespace vidcv
