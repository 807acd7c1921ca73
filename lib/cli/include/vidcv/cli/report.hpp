#pragma once

#include <vidcv/core/error.hpp>
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
  double decode_s = 0;
  double encode_s = 0;
  double store_s = 0;
  double idle_s = 0;  ///< of the encoder, waiting for pictures
};

/// Writes to stderr, whatever its state: a lost message is no reason to stop.
void say(std::string_view text) noexcept;

/// The one way out of a program: results on stdout as tab-separated rows or JSON Lines, all else on stderr. Not for use
/// by two threads at once.
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
  /// One result as JSON, on a line of its own. Bytes that are no UTF-8 become U+FFFD.
  void object(const nlohmann::ordered_json& value);

  /// One input that failed: a line on stderr, an `error` object, a count. The run goes on.
  void failure(const Error& error);
  /// What ends the run: the same, but counted by the exit code alone.
  void fatal(const Error& error);
  /// Something the user should know though nothing failed; not with `-q`.
  void warning(std::string_view line);
  /// Something only a curious user wants to know: with `-v`.
  void detail(std::string_view line);

  /// Runs `job` for one input and turns an InputError, and being out of memory, into failure(). False if it failed.
  bool attempt(std::string_view input, const std::function<void()>& job);

  /// Progress over `total` inputs, drawn on stderr when that is a terminal.
  void expect(std::int64_t total);
  void advance();

  /// An exit code other than 0 for a run in which nothing failed.
  void conclude(int exit_code) noexcept { m_exit_code = exit_code; }
  /// The summary, and the exit code: 3 when an input failed, else what conclude() said, else 0.
  /// @throws StoreError if stdout did not take everything
  int finish();

 private:
  void error_line(std::string_view line);
  void error_object(const Error& error);
  void flush();

  ReportOptions m_options;
  RunTotals m_totals;
  int m_exit_code = 0;
  bool m_stdout_lost = false;
  Stopwatch m_watch;
  std::unique_ptr<Progress> m_progress;
};

}  // namespace vidcv
