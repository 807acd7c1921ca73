#include <vidcv/pipeline/report_job.hpp>

#include "answers/report_page_of.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <span>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t k_most_moments = 4000;  // of a page that a browser opens at once
constexpr std::string_view k_mark = "<meta name=\"generator\" content=\"vidcv\">";

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
    const fs::path folder = pages_folder(m_job.file);
    make_folders(folder);
    std::vector<std::size_t> counts(all.page.assets.size());
    for (const PageMoment& moment : all.page.moments) { ++counts[moment.asset.value()]; }
    std::vector<std::pair<std::string, std::string>> links;
    for (std::size_t i = 0; i < all.page.assets.size(); ++i) {
      const std::string name = fmt::format("asset-{:04}.html", i + 1);
      const std::string& tag = all.page.assets[i].tag;
      if (counts[i] == 0) {
        links.emplace_back(tag + ": not seen", "");
        continue;
      }
      links.emplace_back(fmt::format("{}: {} moments", tag, counts[i]),
                         url_of_path(folder.filename().native() + "/" + name));
      DraftPage page = page_of_asset(all, i, k_most_moments);
      for (PageClip& clip : page.page.clips) { clip.link = from_pages_folder(clip.link); }
      page.page.pages.emplace_back("all assets", url_of_path("../" + m_job.file.filename().native()));
      write(folder / name, page);
    }
    DraftPage index{index_page(all, std::move(links)), {}};
    write(m_job.file, index);
    std::ranges::rotate(m_written.pages, m_written.pages.end() - 1);
    remove_old_pages(folder);
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
      const bool is_page = entry.path().filename().native().starts_with("asset-") && is_report(entry.path());
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
    const std::string html = report_html(draft.page);
    write_file_atomically(file, std::as_bytes(std::span(html)));
    m_written.pages.push_back(file);
    m_written.bytes += html.size();
    m_written.pictures += draft.page.pictures.size();
    draft.page.pictures.clear();
  }

  Database& m_database;
  const ReportJob& m_job;
  WrittenReport m_written;
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
