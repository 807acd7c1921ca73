#include <vidcv/pipeline/report_job.hpp>

#include "answers/report_page_of.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <span>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t k_most_clips = 500;     // of a page on which nothing is seen
constexpr std::size_t k_most_moments = 4000;  // of a page that a browser opens at once
constexpr std::string_view k_mark = "<meta name=\"generator\" content=\"vidcv\">";

/// Leaves out so many bytes of pictures, the least important ones first.
/// @returns whether there was one
bool drop_pictures(ReportPage& page, std::size_t bytes)
{
  std::size_t dropped = 0;
  for (std::size_t i = page.pictures.size(); i > 0 && dropped < bytes; --i) {
    std::vector<std::byte>& jpeg = page.pictures[i - 1].jpeg;
    if (jpeg.empty()) { continue; }
    dropped += html_bytes_of_picture(jpeg.size());
    jpeg.clear();
    for (std::vector<PageMoment>* moments : {&page.moments, &page.found}) {
      for (PageMoment& moment : *moments) {
        if (moment.picture == i - 1) { moment.no_picture = "left out"; }
      }
    }
  }
  return dropped > 0;
}

class ReportWriter {
 public:
  ReportWriter(Database& database, const ReportJob& job) : m_database(database), m_job(job) {}

  WrittenReport run()
  {
    const StoredFindings findings = stored_findings(m_database, m_job.filter);
    DraftPage all = page_of_all(m_database, findings, m_job);
    m_written.clips = findings.clips.size();
    m_written.moments = findings.moments.size();
    const auto text = [&] { return report_html(all.page).size(); };
    const bool is_large = all.page.moments.size() > k_most_moments || text() > m_job.most_bytes;
    if (m_job.split == Split::always || is_large) {
      write_pages(all);
    } else {
      write(m_job.file, all);
      remove_old_pages(pages_folder(m_job.file));
    }
    return std::move(m_written);
  }

 private:
  void write_pages(const DraftPage& all)
  {
    m_folder = pages_folder(m_job.file);
    make_folders(m_folder);
    std::vector<std::vector<PageMoment>> moments(all.page.assets.size());
    std::vector<bool> is_seen(all.page.clips.size());
    for (const PageMoment& moment : all.page.moments) {
      moments[moment.asset.value()].push_back(moment);
      is_seen[moment.clip] = true;
    }
    for (std::size_t i = 0; i < moments.size(); ++i) {
      const std::string& tag = all.page.assets[i].tag;
      const std::size_t count = moments[i].size();
      if (count == 0) {
        m_links.emplace_back(tag + ": not seen", "");
        continue;
      }
      DraftPage page = page_of_asset(all, i, std::move(moments[i]), k_most_moments);
      write_page(fmt::format("asset-{:04}.html", i + 1), fmt::format("{}: {} moments", tag, count), page);
    }
    write_clips(all, is_seen);
    DraftPage index = index_page(all, std::move(m_links));
    write(m_job.file, index);
    std::ranges::rotate(m_written.pages, m_written.pages.end() - 1);
    remove_old_pages(m_folder);
  }

  /// The clips in which nothing is seen.
  void write_clips(const DraftPage& all, const std::vector<bool>& is_seen)
  {
    std::vector<std::size_t> clips;
    for (std::size_t i = 0; i < is_seen.size(); ++i) {
      if (!is_seen[i]) { clips.push_back(i); }
    }
    for (std::size_t first = 0; first < clips.size(); first += k_most_clips) {
      const std::size_t count = std::min(k_most_clips, clips.size() - first);
      const auto begin = clips.begin() + static_cast<std::ptrdiff_t>(first);
      const std::string title =
          fmt::format("nothing seen: {} clips, from {} on", count, all.page.clips[clips[first]].path);
      DraftPage page = page_of_clips(all, {begin, begin + static_cast<std::ptrdiff_t>(count)}, title);
      write_page(fmt::format("clips-{:04}.html", first / k_most_clips + 1), title, page);
    }
  }

  void write_page(const std::string& name, const std::string& title, DraftPage& page)
  {
    m_links.emplace_back(title, url_of_path(m_folder.filename().native() + "/" + name));
    for (PageClip& clip : page.page.clips) { clip.link = from_pages_folder(clip.link); }
    page.page.pages.emplace_back("all pages", url_of_path("../" + m_job.file.filename().native()));
    write(m_folder / name, page);
  }

  static std::string from_pages_folder(const std::string& link)
  {
    if (link.starts_with("./")) { return "." + link; }
    return link.starts_with("../") ? "../" + link : link;
  }

  /// Pages that an earlier report of this name had and this one does not have.
  void remove_old_pages(const fs::path& folder) const
  {
    const std::set<fs::path> written(m_written.pages.begin(), m_written.pages.end());
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
      const std::string name = entry.path().filename().native();
      const bool is_page = (name.starts_with("asset-") || name.starts_with("clips-")) && is_report(entry.path());
      if (is_page && !written.contains(entry.path())) { fs::remove(entry.path(), ignored); }
    }
  }

  /// @throws StoreError if there is something else of that name in the folder of pages
  void write(const fs::path& file, DraftPage& draft)
  {
    std::error_code unknown;
    if (file != m_job.file && fs::exists(fs::symlink_status(file, unknown)) && !is_report(file)) {
      throw StoreError(file.native(), "write", "there is a file of this name that is not a report: move it");
    }
    const std::size_t text = report_html(draft.page).size();
    if (m_job.pictures && text < m_job.most_bytes) {
      add_pictures(draft.page, draft.sources, m_job, m_job.most_bytes - text);
    }
    std::string html = report_html(draft.page);
    while (html.size() > m_job.most_bytes && drop_pictures(draft.page, html.size() - m_job.most_bytes)) {
      html = report_html(draft.page);
    }
    if (html.size() > m_job.most_bytes) {
      m_job.warning(fmt::format("{}: its text alone has {} bytes, more than a page is to have", one_line(file.native()),
                                html.size()));
    }
    write_file_atomically(file, std::as_bytes(std::span(html)));
    m_written.pages.push_back(file);
    m_written.bytes += html.size();
    m_written.pictures += static_cast<std::size_t>(
        std::ranges::count_if(draft.page.pictures, [](const PagePicture& picture) { return !picture.jpeg.empty(); }));
    draft.page.pictures.clear();
  }

  Database& m_database;
  const ReportJob& m_job;
  WrittenReport m_written;
  fs::path m_folder;  // of the pages, where there are several
  std::vector<std::pair<std::string, std::string>> m_links;
};

}  // namespace

fs::path pages_folder(const fs::path& report)
{
  fs::path folder = report;
  folder.replace_extension();
  folder += "_files";
  return folder;
}

bool is_report(const fs::path& file)
{
  std::ifstream page(file, std::ios::binary);
  std::string start(2000, '\0');
  page.read(start.data(), static_cast<std::streamsize>(start.size()));
  start.resize(static_cast<std::size_t>(page.gcount()));
  return start.find(k_mark) != std::string::npos;
}

WrittenReport write_report(Database& database, const ReportJob& job)
{
  return ReportWriter(database, job).run();
}

}  // namespace vidcv
