#include <vidcv/cli/report.hpp>

#include "progress.hpp"

#include <vidcv/cli/json.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <new>

namespace vidcv {
namespace {

constexpr int k_exit_some_failed = 3;

/// A field of a CSV line.
std::string quoted(const std::string& field)
{
  if (field.find_first_of(",\"\r\n") == std::string::npos) { return field; }
  std::string text = "\"";
  for (const char c : field) { text += c == '"' ? std::string("\"\"") : std::string(1, c); }
  return text + '"';
}

}  // namespace

void say(std::string_view text) noexcept
{
  std::fwrite(text.data(), 1, text.size(), stderr);
}

Report::Report(ReportOptions options)
    : m_options(std::move(options)), m_progress(std::make_unique<Progress>(m_options.verbosity == Verbosity::quiet))
{
}

Report::~Report()
{
  m_progress->clear();
}

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
  for (const std::string& field : fields) { line += m_options.csv ? quoted(field) + ',' : one_line(field) + '\t'; }
  line.back() = '\n';
  text(line);
}

void Report::text(std::string_view lines)
{
  m_progress->clear();
  std::fwrite(lines.data(), 1, lines.size(), stdout);
}

void Report::object(const nlohmann::ordered_json& value)
{
  m_progress->clear();
  const std::string line = value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  std::fwrite(line.data(), 1, line.size(), stdout);
}

void Report::failure(const Error& error)
{
  ++m_totals.failed;
  fatal(error);
}

void Report::fatal(const Error& error)
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
  std::fflush(stdout);  // keeps the order on a terminal; finish() tells of a stdout that takes nothing
  m_progress->clear();
  say(fmt::format("{}: {}\n", m_options.program, line));
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
  m_progress->expect(total);
}

void Report::advance()
{
  m_progress->advance();
}

void Report::flush()
{
  if (m_stdout_lost) { return; }  // that has been said
  m_stdout_lost = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
  if (m_stdout_lost) { throw StoreError("stdout", "write", system_cause(errno)); }
}

int Report::finish()
{
  const double wall_s = m_watch.seconds();
  if (json()) {
    object({{"type", "summary"},
            {"done", m_totals.done},
            {"failed", m_totals.failed},
            {"skipped", m_totals.skipped},
            {"frames", m_totals.frames},
            {"wall_sec", wall_s},
            {"decode_sec", m_totals.decode_s},
            {"encode_sec", m_totals.encode_s},
            {"store_sec", m_totals.store_s},
            {"idle_sec", m_totals.idle_s}});
  }
  flush();
  detail(fmt::format(
      "{} done, {} failed, {} skipped, {} frames in {:.2f} s (decode {:.2f} s, encode {:.2f} s, store {:.2f} s, "
      "encoder idle {:.2f} s)",
      m_totals.done, m_totals.failed, m_totals.skipped, m_totals.frames, wall_s, m_totals.decode_s, m_totals.encode_s,
      m_totals.store_s, m_totals.idle_s));
  return m_totals.failed > 0 ? k_exit_some_failed : m_exit_code;
}

void set_path(nlohmann::ordered_json& value, std::string_view path, const std::string& key)
{
  value[key] = path;
  if (!is_utf8(path)) { value[key + "_base64"] = base64(std::as_bytes(std::span(path))); }
}

}  // namespace vidcv
