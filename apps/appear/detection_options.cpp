#include "detection_options.hpp"

#include <vidcv/core/files.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>

namespace vidcv {

DeclaredOption DetectionOptions::declare(CommandLine& line)
{
  const auto files =
      line.values("--detections", m_files,
                  "results of a detector: FILE.jsonl, COCO's FILE.json, or a folder of label files; repeatable")
          .value_name("FILE")
          .not_empty();
  line.value("--first-frame", m_first_frame, "number of the first frame in names STEM_N of label files and images")
      .value_name("N")
      .within(0, 1)
      .needs(files)
      .show_default("1");
  const auto add =
      line.flag("--register-new", m_register_new, "make assets of unknown detections above --quality-gate");
  line.value("--crops", m_crops, "folder for the pictures of new assets")
      .value_name("DIR")
      .not_empty()
      .needs(add)
      .show_default("DB.crops");
  return add;
}

std::filesystem::path DetectionOptions::crops(const std::string& database_file) const
{
  std::filesystem::path folder = absolute_path(m_crops.empty() ? database_file + ".crops" : m_crops);
  if (m_register_new && !is_utf8(folder.native())) {
    throw UsageError("--crops", folder.native(),
                     "is not valid UTF-8, which the database cannot hold: name another folder");
  }
  return folder;
}

namespace {

NamingEvents naming_events(Report& report)
{
  const auto failed = [&](const InputError& error) { report.failure(error); };
  return {
      failed,
      [&, failed](const std::string& name, std::size_t count, bool several) {
        if (several) {
          return failed(
              InputError(name, "open", "not clear whose its detections are: several clips or several names fit"));
        }
        report.warning(fmt::format("{}: no clip of this run has that name (detections: {})", one_line(name), count));
      },
      [&](const std::map<std::string, std::filesystem::path>& files) {
        const auto& [name, file] = *files.begin();
        const std::string more = files.size() > 1 ? fmt::format(", and {} more", files.size() - 1) : "";
        report.warning(fmt::format("paths of another place are matched by their ends: {} is {}{}", one_line(name),
                                   one_line(file.native()), more));
      }};
}

}  // namespace

std::map<std::filesystem::path, std::vector<Detection>> DetectionOptions::read(
    const std::vector<std::filesystem::path>& looked_at, const std::set<std::size_t>& face_lengths,
    Report& report) const
{
  Detections detections(m_first_frame.value_or(1));
  const auto failed = [&](const InputError& error) { report.failure(error); };
  const DetectionEvents events{failed, [&](const std::string& line) { report.warning(line); }};
  for (const std::string& file : m_files) {
    report.attempt(file, [&] { detections.add(file, events); });
  }
  auto by_file = detections.by_file(looked_at, naming_events(report));
  if (by_file.empty() && detections.size() > 0) {
    failed(InputError(m_files.front(), "open", "none of the detections is of a clip of this run"));
  }
  std::set<std::size_t> unknown;
  for (const auto& [file, found] : by_file) {
    for (const Detection& detection : found) {
      if (!detection.face.empty() && !face_lengths.contains(detection.face.size())) {
        unknown.insert(detection.face.size());
      }
    }
  }
  for (const std::size_t length : unknown) {
    report.warning(
        fmt::format("faces of {} numbers are compared with none: no asset has a face of that length", length));
  }
  return by_file;
}

}  // namespace vidcv
