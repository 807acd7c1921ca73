#pragma once

#include <vidcv/detections/detections.hpp>

#include <stdexcept>
#include <string_view>
#include <utility>

namespace vidcv {

/// What reads one kind of file. Each adds what it finds to `all` and reports what it cannot use.
void read_detection_lines(const std::filesystem::path& file, std::vector<Detection>& all,
                          const DetectionEvents& events);
void read_coco(const std::filesystem::path& file, std::int64_t first_frame, std::vector<Detection>& all,
               const DetectionEvents& events);
void read_label_folder(const std::filesystem::path& folder, std::int64_t first_frame, std::vector<Detection>& all,
                       const DetectionEvents& events);

/// A file by a name that a detector gives it, which may be a path of another machine.
std::vector<FrameName> file_names(const std::string& name, std::optional<std::int64_t> frame_number);

/// What a name may mean: the picture of that name, and if it is STEM_N, with or without an ending behind N, frame
/// N - first_frame of the clip STEM.
std::vector<FrameName> names_of(const std::string& name, std::int64_t first_frame);

/// The lines of a text file in UTF-8, without CR and byte order mark.
/// @throws InputError
std::vector<std::string> lines_of(const std::filesystem::path& file);

/// @throws std::invalid_argument saying what is wrong
void require_plausible(const Detection& detection);

/// Adds what `read` gives; a std::invalid_argument that it throws says what is wrong with line or entry `number`,
/// from 1.
template <typename Read>
void read_entry(const std::filesystem::path& file, std::string_view word, std::size_t number,
                std::vector<Detection>& all, const DetectionEvents& events, const Read& read)
{
  Detection found;
  std::string wrong;
  try {
    found = read();
    require_plausible(found);
  } catch (const std::invalid_argument& error) {
    wrong = error.what();
  }
  found.source = file;
  found.entry = std::string(word) + " " + std::to_string(number);
  if (!wrong.empty()) { return events.bad(found.error(wrong)); }
  all.push_back(std::move(found));
}

}  // namespace vidcv
