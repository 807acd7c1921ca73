#include "classes.hpp"
#include "readers.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t k_largest_file = std::size_t{1} << 26U;

/// So that its parent is the folder above.
fs::path without_slash(const fs::path& folder)
{
  const fs::path path = fs::absolute(folder).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

std::vector<double> numbers_in(const std::string& line)
{
  std::vector<double> numbers;
  std::istringstream words(line);
  for (std::string word; words >> word;) {
    const auto number = parse_double(word);
    if (!number) { throw std::invalid_argument("'" + one_line(word) + "' is not a number"); }
    numbers.push_back(*number);
  }
  return numbers;
}

/// @throws std::invalid_argument unless `number` is a whole one from 0 on
std::string whole_text(double number, const char* what)
{
  constexpr double k_most = 1e15;
  if (number != std::floor(number) || !(number >= 0 && number <= k_most)) {
    throw std::invalid_argument(std::string(what) + " is not a whole number from 0 on");
  }
  return fmt::format("{:.0f}", number);
}

constexpr std::size_t k_plain = 5;  // numbers of a label without confidence

/// `class x y width height [confidence [track]]`, the box by its middle, as shares of the frame. A polygon of three
/// points has as many numbers as a label with a track: the track must be a whole number.
Detection label_of(const std::vector<double>& at, ClassNames& names)
{
  if (at.size() < k_plain || at.size() > k_plain + 2) {
    throw std::invalid_argument("not 'class x y width height confidence'");
  }
  Detection found;
  const std::string index = whole_text(at[0], "the class");
  if (at.size() > k_plain + 1) { whole_text(at[k_plain + 1], "the track behind the confidence"); }
  found.label = names.name_of(index);
  found.corners = {at[1] - at[3] / 2, at[2] - at[4] / 2, at[1] + at[3] / 2, at[2] + at[4] / 2};
  found.shares = true;
  found.confidence = at.size() > k_plain ? at[k_plain] : 1;
  return found;
}

/// All label files of a folder.
class LabelFolder {
 public:
  LabelFolder(const fs::path& folder, std::int64_t first_frame, std::vector<Detection>& all,
              const DetectionEvents& events)
      : m_folder(folder),
        m_names(read_class_names(without_slash(folder), events)),
        m_first_frame(first_frame),
        m_all(all),
        m_events(events)
  {
  }

  void read(const fs::path& file)
  {
    const std::vector<std::string> lines = lines_of(file);
    bool is_empty = true;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].find_first_not_of(" \t") == std::string::npos) { continue; }
      is_empty = false;
      read_entry(file, "line", i + 1, m_all, m_events, [&] { return detection(file, lines[i]); });
    }
    if (is_empty) {
      read_entry(file, "line", 1, m_all, m_events, [&] { return nothing(file); });
    }
  }

  /// Warns of what the labels lack.
  void finish() const
  {
    if (m_unsure > 0) {
      m_events.warned(
          fmt::format("{}: {} labels have no confidence and count as certain: ultralytics writes it with "
                      "save_conf=True",
                      one_line(m_folder.native()), m_unsure));
    }
    const auto unnamed =
        m_names.warning(m_folder, "classes.txt in the folder or above it names them, one name per line");
    if (unnamed) { m_events.warned(*unnamed); }
  }

 private:
  Detection detection(const fs::path& file, const std::string& line)
  {
    const std::vector<double> numbers = numbers_in(line);
    Detection found = label_of(numbers, m_names);
    found.names = names_of(file.stem(), m_first_frame);
    require_plausible(found);
    if (numbers.size() == k_plain) { ++m_unsure; }
    return found;
  }

  /// A detector that writes a file for every frame found nothing in this one.
  Detection nothing(const fs::path& file) const
  {
    Detection found;
    found.names = names_of(file.stem(), m_first_frame);
    found.is_nothing = true;
    return found;
  }

  fs::path m_folder;
  ClassNames m_names;
  std::int64_t m_first_frame;
  std::vector<Detection>& m_all;
  const DetectionEvents& m_events;
  std::size_t m_unsure = 0;  // lines without a confidence
};

std::vector<fs::path> label_files(const fs::path& folder)
{
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const fs::path& file = entry->path();
    if (file.extension() == ".txt" && !is_class_names(file)) { files.push_back(file); }
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
  labels.finish();
}

std::vector<std::string> lines_of(const fs::path& file)
{
  constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
  const std::string text = read_file(file, k_largest_file);  // waits for no FIFO
  if (text.find('\0') != std::string::npos) {
    throw InputError(file.native(), "decode", "not text in UTF-8: it has NUL bytes, as UTF-16 does");
  }
  std::istringstream stream(text.substr(text.starts_with(k_byte_order_mark) ? k_byte_order_mark.size() : 0));
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    if (line.ends_with('\r')) { line.pop_back(); }
    lines.push_back(line);
  }
  return lines;
}

}  // namespace vidcv
