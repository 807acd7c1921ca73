#pragma once

#include "fuzz_input.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/detections/detections.hpp>

namespace vidcv::fuzz {

/// Reads a file or a folder of detections and asks for its detections in a few files, as `vidcv appear` does. Whatever
/// the bytes are: detections whose boxes lie in their frames, or an InputError.
inline void read_detections(const std::filesystem::path& source)
{
  constexpr int k_width = 640;
  constexpr int k_height = 480;
  const DetectionEvents events{[](const InputError&) {}, [](const std::string&) {}};
  const NamingEvents naming{[](const InputError&) {}, [](const std::string&, std::size_t, bool) {},
                            [](const std::map<std::string, std::filesystem::path>&) {}};
  Detections detections;
  try {
    detections.add(source, events);
  } catch (const InputError&) {
  }
  const auto by_file = detections.by_file({"/f/clip.mp4", "/f/a/clip.mp4", "/f/still.png", "/f/000042.jpg"}, naming);
  for (const auto& [file, of_file] : by_file) {
    for (const Detection& detection : of_file) {
      require(detection.frame_number.value_or(0) >= 0 && detection.confidence >= 0 && detection.confidence <= 1);
      const auto box = detection.box(k_width, k_height);
      require(!box || (box->x1 >= 0 && box->x1 < box->x2 && box->x2 <= k_width && box->y1 >= 0 && box->y1 < box->y2 &&
                       box->y2 <= k_height));
    }
  }
}

}  // namespace vidcv::fuzz
