#pragma once

#include <vidcv/media/clip_reader.hpp>
#include <vidcv/pipeline/stored_findings.hpp>
#include <vidcv/pipeline/vector_search.hpp>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace vidcv {

enum class Split {
  if_large,  ///< one page, or several where one would be too large
  always,
};

/// What a report is to show, and where it goes.
struct ReportJob {
  std::filesystem::path file;  ///< of the first page; clips are linked relative to its folder
  FindingsFilter filter = {};
  std::string query = {};  ///< a search, whose answer is `found`; empty: none
  std::vector<FoundMoment> found = {};
  bool pictures = true;
  std::size_t most_bytes = 50'000'000;  ///< of a page
  Split split = Split::if_large;
  DecodeOptions decode = {};
  int threads = 0;  ///< clips that are decoded at a time; 0: one per processor
  std::function<void(std::int64_t clips)> begin = [](std::int64_t) {};  ///< so many will be decoded for a page
  std::function<void(const std::filesystem::path&)> clip_begun = [](const auto&) {};  ///< by any thread
  std::function<void(const std::filesystem::path&)> clip_done = [](const auto&) {};   ///< by any thread
  std::function<void(const std::string& line)> warning = [](const auto&) {};
  std::function<bool()> stopping = [] { return false; };
};

/// What was written.
struct WrittenReport {
  std::vector<std::filesystem::path> pages;  ///< the first one first
  std::size_t bytes = 0;
  std::size_t clips = 0;
  std::size_t moments = 0;
  std::size_t pictures = 0;
};

/// The folder of a report's other pages: `NAME_files` beside `NAME.html`.
std::filesystem::path pages_folder(const std::filesystem::path& report);

/// Whether a file is a report's page, which another report may replace.
bool is_report(const std::filesystem::path& file);

/// Writes what the database says as HTML, with small pictures of the best frames. Within `most_bytes` a page has as
/// many pictures as fit, those of the best moments first. Where texts alone are larger, or there are too many moments
/// for a browser, each asset gets a page of its own. A clip that is missing or has changed has no pictures.
/// @throws StoreError if a page cannot be written; Abandoned if it was stopped, with no page half written
WrittenReport write_report(Database& database, const ReportJob& job);

}  // namespace vidcv
