#include <vidcv/cli/report.hpp>

#include "progress.hpp"

#include <vidcv/cli/exit_code.hpp>
#include <vidcv/cli/json.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <new>

namespace vidcv {
namespace {

}  // namespace

void say(std::string_view text) noexcept
{
  std::fwrite(text.data(), 1, text.size(), stderr);
}

Report::Report(ReportOptions options)
    : m_options(std::move(options)),
      m_rows_on_terminal(::isatty(STDOUT_FILENO) == 1),
      m_progress(std::make_unique<Progress>(m_options.verbosity == Verbosity::quiet))
{
}

Report::~Report() = default;

void Report::choose_format(std::string_view format) noexcept
{
  m_options.json = format == "json";
  m_options.csv = format == "csv";
}

void Report::columns(const std::vector<std::string_view>& names)
{
  if (!json()) { row({names.begin(), names.end()}); }
}

void Report::row(const std::vector<std::string>& fields)
{
  std::string line;
  for (const std::string& field : fields) { line += m_options.csv ? csv_field(field) + ',' : one_line(field) + '\t'; }
  line.back() = '\n';
  text(line);
}

/// Rows that go to a file leave the progress line alone.
void Report::text(std::string_view lines)
{
  const auto write = [lines] { std::fwrite(lines.data(), 1, lines.size(), stdout); };
  if (!m_rows_on_terminal) { return write(); }
  m_progress->over([&] {
    write();
    std::fflush(stdout);
  });
}

void Report::object(const nlohmann::ordered_json& value)
{
  text(value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

void Report::failure(const Error& error)
{
  ++m_totals.failed;
  failure_detail(error);
}

void Report::fatal(const Error& error)
{
  failure(error);
}

void Report::failure_detail(const Error& error)
{
  error_object(error);
  std::string line;
  for (const std::string* part : {&error.thing(), &error.action(), &error.cause()}) {
    if (part->empty()) { continue; }
    if (!line.empty()) { line += ": "; }
    line += one_line(*part);
  }
  error_line(line);
}

void Report::error_object(const Error& error)
{
  if (!json()) { return; }
  nlohmann::ordered_json value = {{"type", "error"}};
  set_path(value, error.thing());
  value["stage"] = error.action();
  value["message"] = error.cause();
  object(value);
}

void Report::error_line(std::string_view line)
{
  std::fflush(stdout);  // keeps the order on a terminal; finish() reports a stdout that takes nothing
  m_progress->over([&] { say(fmt::format("{}: {}\n", m_options.program, line)); });
}

void Report::warning(std::string_view line)
{
  if (m_options.verbosity != Verbosity::quiet) { error_line(line); }
}

void Report::detail(std::string_view line)
{
  if (m_options.verbosity == Verbosity::verbose) { error_line(line); }
}

bool Report::attempt(std::string_view input, const std::function<void()>& job)
{
  try {
    job();
    flush();
    return true;
  } catch (const InputError& error) {
    failure(error);
  } catch (const std::bad_alloc&) {
    failure(InputError(input, "decode", "out of memory"));
  }
  return false;
}

void Report::expect(std::int64_t total)
{
  m_has_inputs = m_has_inputs || total > 0;
  m_progress->expect(total);
}

void Report::begin_file(const std::filesystem::path& file)
{
  m_progress->note([&](ProgressLine& line, auto now) { line.begin_file(file.native(), now); });
}

void Report::add_frames(const std::filesystem::path& file, std::int64_t count)
{
  m_progress->note([&](ProgressLine& line, auto now) { line.add_frames(file.native(), count, now); });
}

void Report::end_file(const std::filesystem::path& file)
{
  m_progress->note([&](ProgressLine& line, auto now) { line.end_file(file.native(), now); });
}

void Report::advance()
{
  m_progress->note([](ProgressLine& line, auto now) { line.advance(now); });
}

void Report::flush()
{
  if (m_stdout_lost) { return; }  // that has been said
  m_stdout_lost = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
  if (m_stdout_lost) { throw StoreError("stdout", "write", system_cause(errno)); }
}

void Report::summary(double wall_s, int exit_code)
{
  object({{"type", "summary"},
          {"done", m_totals.done},
          {"failed", m_totals.failed},
          {"skipped", m_totals.skipped},
          {"frames", m_totals.frames},
          {"wall_sec", wall_s},
          {"decode_sec", m_totals.times.decode_s},
          {"encode_sec", m_totals.times.encode_s},
          {"store_sec", m_totals.times.store_s},
          {"idle_sec", m_totals.times.idle_s},
          {"exit_code", exit_code}});
}

/// How the run went: for a curious user with the times of its parts, else on a terminal alone.
void Report::closing_line(double wall_s)
{
  const std::string counts = fmt::format("{} done, {} failed, {} skipped, {} frames in {:.2f} s", m_totals.done,
                                         m_totals.failed, m_totals.skipped, m_totals.frames, wall_s);
  if (m_options.verbosity == Verbosity::verbose) {
    detail(fmt::format("{} (decode {:.2f} s, encode {:.2f} s, store {:.2f} s, encoder idle {:.2f} s)", counts,
                       m_totals.times.decode_s, m_totals.times.encode_s, m_totals.times.store_s,
                       m_totals.times.idle_s));
  } else if (m_progress->is_watched() && m_has_inputs) {
    warning(counts);
  }
}

int Report::finish(int ended_by)
{
  m_progress->finish();
  const double wall_s = m_watch.seconds();
  const int exit_code = ended_by != 0 ? ended_by : m_totals.failed > 0 ? k_exit_some_failed : m_exit_code;
  if (json()) { summary(wall_s, exit_code); }
  flush();
  closing_line(wall_s);
  return exit_code;
}

nlohmann::ordered_json box_json(const std::optional<Box>& box)
{
  return box ? nlohmann::ordered_json{box->x1, box->y1, box->x2, box->y2} : nlohmann::ordered_json(nullptr);
}

void set_path(nlohmann::ordered_json& value, std::string_view path, const std::string& key)
{
  value[key] = path;
  if (!is_utf8(path)) { value[key + "_base64"] = base64(std::as_bytes(std::span(path))); }
}

}  // namespace vidcv
