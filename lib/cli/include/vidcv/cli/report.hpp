#pragma once

#include <vidcv/core/error.hpp>
#include <vidcv/core/run_times.hpp>
#include <vidcv/core/stopwatch.hpp>

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vidcv {

class Progress;

enum class Verbosity { quiet, normal, verbose };

struct ReportOptions {
  std::string program;  ///< `vidcv sample`, in front of each line on stderr
  bool json = false;
  bool csv = false;  ///< rows with commas (RFC 4180) in place of tabs
  Verbosity verbosity = Verbosity::normal;
};

/// What a run did, for the summary and the exit code.
struct RunTotals {
  std::int64_t done = 0;
  std::int64_t failed = 0;
  std::int64_t skipped = 0;
  std::int64_t frames = 0;
  RunTimes times = {};
};

/// Writes to stderr, whatever its state: a lost message is no reason to stop.
void say(std::string_view text) noexcept;

/// The one way out of a program: results on stdout as tab-separated rows or JSON Lines, all else on stderr. Not for use
/// by two threads at once, except for what says so.
class Report {
 public:
  explicit Report(ReportOptions options);
  ~Report();

  bool json() const noexcept { return m_options.json; }
  bool csv() const noexcept { return m_options.csv; }
  /// `rows`, `csv` or `json` in place of what the options said; before anything is written.
  void choose_format(std::string_view format) noexcept;
  RunTotals& totals() noexcept { return m_totals; }

  /// The header of the rows that follow; text output only.
  void columns(const std::vector<std::string_view>& names);
  /// One result in text output. Tabs, newlines and backslashes within a field are written as C escapes;
  /// with `csv` fields are as they are, in quotes where they need it.
  void row(const std::vector<std::string>& fields);
  /// Text for people in place of rows: as it is.
  void text(std::string_view lines);
  /// One result as JSON, on a line of its own. Bytes that are not valid UTF-8 become U+FFFD.
  void object(const nlohmann::ordered_json& value);

  /// One input that failed: a line on stderr, an `error` object, a count. The run goes on.
  void failure(const Error& error);
  /// What ends the run: the same line and object. The summary counts it as a failure.
  void fatal(const Error& error);
  /// One more thing that is wrong with an input that has failed: not counted again.
  void failure_detail(const Error& error);
  /// Something the user should know though nothing failed; not with `-q`.
  void warning(std::string_view line);
  /// Something only a curious user wants to know: with `-v`.
  void detail(std::string_view line);

  /// Runs `job` for one input and turns an InputError, and being out of memory, into failure(). False if it failed.
  bool attempt(std::string_view input, const std::function<void()>& job);

  /// Begins the progress over `total` inputs, of which each end_file() or advance() does one. It is drawn on stderr
  /// when that is a terminal, by the clock. These are for any thread, and cheap enough for every frame.
  void expect(std::int64_t total);
  /// The progress line names a file from here on, until end_file().
  void begin_file(const std::filesystem::path& file);
  /// Reports that this many more frames of a file were examined.
  void add_frames(const std::filesystem::path& file, std::int64_t count);
  /// A file is done, one way or the other.
  void end_file(const std::filesystem::path& file);
  /// An input without a name is done.
  void advance();

  /// An exit code other than 0 for a run in which nothing failed.
  void conclude(int exit_code) noexcept { m_exit_code = exit_code; }
  /// The summary, and the exit code: `ended_by` where that is not 0, else 3 when an input failed, else what conclude()
  /// said, else 0.
  /// @param ended_by  the exit code of what ended the run early; 0 if nothing did
  /// @throws StoreError if stdout did not take everything
  int finish(int ended_by = 0);

 private:
  void error_line(std::string_view line);
  void error_object(const Error& error);
  void summary(double wall_s, int exit_code);
  void closing_line(double wall_s);
  void flush();

  ReportOptions m_options;
  RunTotals m_totals;
  int m_exit_code = 0;
  bool m_stdout_lost = false;
  bool m_has_inputs = false;
  bool m_rows_on_terminal;
  Stopwatch m_watch;
  std::unique_ptr<Progress> m_progress;
};

/// A file that is worked on: in the progress line for as long as this lives. For any thread.
class FileInHand {
 public:
  FileInHand(Report& report, std::filesystem::path file) : m_report(report), m_file(std::move(file))
  {
    m_report.begin_file(m_file);
  }
  ~FileInHand() { m_report.end_file(m_file); }
  FileInHand(const FileInHand&) = delete;
  FileInHand& operator=(const FileInHand&) = delete;

  void add_frames(std::int64_t count) { m_report.add_frames(m_file, count); }

 private:
  Report& m_report;
  std::filesystem::path m_file;
};

}  // namespace vidcv
