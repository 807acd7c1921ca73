#pragma once

#include "fake_encoder.hpp"

#include <vidcv/detections/detections.hpp>

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace vidcv::test {

inline void write(const std::filesystem::path& file, const std::string& text)
{
  std::ofstream(file, std::ios::binary) << text;
}

/// What was read, and what was said meanwhile.
struct Reading {
  explicit Reading(const std::filesystem::path& source, std::int64_t first_frame = 1) : detections(first_frame)
  {
    detections.add(source, {[&](const InputError& error) { errors.push_back(error.cause()); },
                            [&](const std::string& line) { warnings.push_back(line); }});
  }

  std::vector<Detection> of(const std::filesystem::path& file, const std::vector<std::filesystem::path>& others = {})
  {
    std::vector<std::filesystem::path> files = others;
    files.push_back(file);
    const auto by_file = all_of(files);
    const auto found = by_file.find(file);
    return found == by_file.end() ? std::vector<Detection>() : found->second;
  }

  std::map<std::filesystem::path, std::vector<Detection>> all_of(const std::vector<std::filesystem::path>& files)
  {
    return detections.by_file(files,
                              {[&](const InputError& error) { errors.push_back(error.cause()); },
                               [&](const std::string& name, std::size_t count, bool several) {
                                 unknown.push_back(name + " " + std::to_string(count) + (several ? " several" : ""));
                               },
                               [&](const std::map<std::string, std::filesystem::path>& found) { elsewhere = found; }});
  }

  /// Whether anything, also that nothing was seen, is known of a file.
  bool is_about(const std::filesystem::path& file) { return all_of({file}).contains(file); }

  Detections detections;
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
  std::vector<std::string> unknown;
  std::map<std::string, std::filesystem::path> elsewhere;
};

}  // namespace vidcv::test
