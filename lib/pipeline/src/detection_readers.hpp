#pragma once

#include <vidcv/pipeline/detections.hpp>

#include <stdexcept>
#include <string_view>
#include <utility>

namespace vidcv {

/// What reads one kind of file. Each adds what it finds to `all` and tells what it cannot use.
void read_detection_lines(const std::filesystem::path& file, std::vector<Detection>& all,
                          const DetectionEvents& events);
void read_coco(const std::filesystem::path& file, std::int64_t first_frame, std::vector<Detection>& all,
               const DetectionEvents& events);
void read_label_folder(const std::filesystem::path& folder, std::int64_t first_frame, std::vector<Detection>& all,
                       const DetectionEvents& events);

/// What a name `STEM_N` may mean: the picture STEM_N, or frame N - first_frame of the clip STEM. Another name is its
/// own.
std::vector<FrameName> names_of(const std::filesystem::path& name, std::int64_t first_frame);

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
