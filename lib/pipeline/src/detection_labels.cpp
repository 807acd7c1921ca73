#include "detection_readers.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

constexpr const char* k_class_names = "classes.txt";
constexpr std::size_t k_largest_file = std::size_t{1} << 26U;

/// Through read_file(), which waits for no FIFO.
std::vector<std::string> lines_of(const fs::path& file)
{
  constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
  const std::string text = read_file(file, k_largest_file);
  std::istringstream stream(text.substr(text.starts_with(k_byte_order_mark) ? k_byte_order_mark.size() : 0));
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    if (line.ends_with('\r')) { line.pop_back(); }
    lines.push_back(line);
  }
  return lines;
}

/// So that its parent is the folder above.
fs::path without_slash(const fs::path& folder)
{
  const fs::path path = fs::absolute(folder).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

/// Names of classes by their number; without them a class is called by its number.
std::vector<std::string> class_names(const fs::path& folder)
{
  for (const fs::path& place : {folder, folder.parent_path()}) {
    std::error_code error;
    if (fs::is_regular_file(place / k_class_names, error)) { return lines_of(place / k_class_names); }
  }
  return {};
}

std::vector<double> numbers_in(const std::string& line)
{
  std::vector<double> numbers;
  std::istringstream words(line);
  for (std::string word; words >> word;) {
    const auto number = parse_double(word);
    if (!number) { throw std::invalid_argument("'" + one_line(word) + "' is no number"); }
    numbers.push_back(*number);
  }
  return numbers;
}

/// `class x y width height [confidence [track]]`, the box by its middle, as shares of the frame.
Detection label_in(const std::string& line, const std::vector<std::string>& names)
{
  constexpr std::size_t k_plain = 5;
  const std::vector<double> at = numbers_in(line);
  if (at.size() < k_plain || at.size() > k_plain + 2) {
    throw std::invalid_argument("is no 'class x y width height confidence'");
  }
  Detection found;
  const auto index = static_cast<std::size_t>(std::clamp(at[0], 0.0, 1e9));
  if (static_cast<double>(index) != at[0]) { throw std::invalid_argument("the class is no whole number from 0 on"); }
  found.label = index < names.size() ? names[index] : std::to_string(index);
  found.corners = {at[1] - at[3] / 2, at[2] - at[4] / 2, at[1] + at[3] / 2, at[2] + at[4] / 2};
  found.shares = true;
  found.confidence = at.size() > k_plain ? at[k_plain] : 1;
  return found;
}

bool is_without_confidence(const std::string& line)
{
  std::istringstream words(line);
  return std::distance(std::istream_iterator<std::string>(words), {}) == 5;
}

/// All label files of a folder.
class LabelFolder {
 public:
  LabelFolder(const fs::path& folder, std::int64_t first_frame, std::vector<Detection>& all,
              const DetectionEvents& events)
      : m_names(class_names(without_slash(folder))), m_first_frame(first_frame), m_all(all), m_events(events)
  {
  }

  void read(const fs::path& file)
  {
    const std::vector<std::string> lines = lines_of(file);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].find_first_not_of(" \t") == std::string::npos) { continue; }
      const std::size_t before = m_all.size();
      read_entry(file, "line", i + 1, m_all, m_events, [&] { return detection(file, lines[i]); });
      if (m_all.size() > before && is_without_confidence(lines[i])) { ++m_unsure; }
    }
  }

  /// Lines that had no confidence.
  std::size_t unsure() const noexcept { return m_unsure; }

 private:
  Detection detection(const fs::path& file, const std::string& line)
  {
    Detection found = label_in(line, m_names);
    found.names = names_of(file.stem(), m_first_frame);
    return found;
  }

  std::vector<std::string> m_names;
  std::int64_t m_first_frame;
  std::vector<Detection>& m_all;
  const DetectionEvents& m_events;
  std::size_t m_unsure = 0;
};

std::vector<fs::path> label_files(const fs::path& folder)
{
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const fs::path& file = entry->path();
    if (file.extension() == ".txt" && file.filename() != k_class_names) { files.push_back(file); }
  }
  if (error) { throw InputError(folder.native(), "open", error.message()); }
  if (files.empty()) { throw InputError(folder.native(), "open", "has no label files"); }
  std::ranges::sort(files);
  return files;
}

}  // namespace

void read_label_folder(const fs::path& folder, std::int64_t first_frame, std::vector<Detection>& all,
                       const DetectionEvents& events)
{
  LabelFolder labels(folder, first_frame, all, events);
  for (const fs::path& file : label_files(folder)) {
    try {
      labels.read(file);
    } catch (const InputError& wrong) {
      events.bad(wrong);
    }
  }
  if (labels.unsure() > 0) {
    events.warned(
        fmt::format("{}: {} labels have no confidence and count as certain: ultralytics writes it with "
                    "save_conf=True",
                    one_line(folder.native()), labels.unsure()));
  }
}

}  // namespace vidcv
