#include "found_pictures.hpp"

#include "shared/sheet_format.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/media/contact_sheet.hpp>
#include <vidcv/media/picture_writer.hpp>
#include <vidcv/pipeline/sample_clip.hpp>

#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

bool is_taken(const fs::path& file)
{
  std::error_code unknown;
  return fs::exists(fs::symlink_status(file, unknown));
}

constexpr const char* k_note = "vidcv search: a contact sheet";

class FoundPictures {
 public:
  FoundPictures(const std::vector<FoundMoment>& found, const PicturePlaces& places, Report& report)
      : m_found(found), m_places(places), m_report(report), m_small(found.size())
  {
    for (std::size_t i = 0; i < found.size(); ++i) { m_by_clip[found[i].path].push_back(i); }
  }

  void write(const DecodeOptions& decode)
  {
    if (!m_places.folder.empty()) { make_folders(m_places.folder); }
    for (const auto& [path, ranks] : m_by_clip) {
      std::vector<std::int64_t> numbers;
      for (const std::size_t rank : ranks) { numbers.push_back(m_found[rank].best.number); }
      const auto take = [&](const Frame& frame) { put(frame.number(), frame.to_rgb(), ranks); };
      m_report.attempt(path, [&] { sample_clip(path, frames_options(numbers, decode, take)); });
    }
    if (!m_places.sheet.empty()) { write_sheet(); }
  }

 private:
  void put(std::int64_t number, const RgbImage& picture, const std::vector<std::size_t>& ranks)
  {
    for (const std::size_t rank : ranks) {
      const FoundFrame& best = m_found[rank].best;
      if (best.number != number) { continue; }
      if (!m_places.folder.empty()) { write_file(rank, picture); }
      if (m_places.sheet.empty() || rank >= ContactSheet::k_most_pictures) { continue; }
      m_small[rank] = fitted(best.box ? with_box(picture, *best.box) : picture, ContactSheet::k_picture_side);
    }
  }

  void write_file(std::size_t rank, const RgbImage& picture)
  {
    const fs::path clip = m_found[rank].path;
    const fs::path file = m_places.folder / fmt::format("{:03}-{}.jpg", rank + 1, clip.stem().native());
    if (is_taken(file)) {
      m_report.failure(InputError(file.native(), "write", "there is a file of this name: name another folder"));
    } else {
      write_picture(picture, file, PictureFormat::jpeg);
    }
  }

  void write_sheet()
  {
    ContactSheet sheet(fmt::format("{} moments", m_found.size()));
    for (std::size_t rank = 0; rank < m_found.size(); ++rank) {
      if (!m_small[rank]) { continue; }
      const FoundMoment& moment = m_found[rank];
      const std::string name = percent_escaped(fs::path(moment.path).filename().native());
      sheet.add(*m_small[rank], fmt::format("{:.3f}  {:.2f} s  {}", moment.best.score, moment.best.timestamp_s, name));
    }
    if (m_found.size() > ContactSheet::k_most_pictures) {
      m_report.warning(fmt::format("the sheet shows the first {} moments", ContactSheet::k_most_pictures));
    }
    write_picture(sheet.image(), m_places.sheet, sheet_format(m_places.sheet.native()), k_jpeg_quality, k_note);
  }

  const std::vector<FoundMoment>& m_found;
  const PicturePlaces& m_places;
  Report& m_report;
  std::map<std::string, std::vector<std::size_t>> m_by_clip;
  std::vector<std::optional<RgbImage>> m_small;  // by rank
};

}  // namespace

void require_sheet(const std::string& file)
{
  if (file.empty()) { return; }
  sheet_format(file);
  if (is_taken(file) && note_of(file) != k_note) {
    throw UsageError("--sheet", file, "exists and is not a contact sheet of vidcv search: name another file");
  }
}

void write_found(const std::vector<FoundMoment>& found, const PicturePlaces& places, const DecodeOptions& decode,
                 Report& report)
{
  FoundPictures(found, places, report).write(decode);
}

}  // namespace vidcv
