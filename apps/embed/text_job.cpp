#include "text_job.hpp"

#include <vidcv/cli/json.hpp>
#include <vidcv/core/stopwatch.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/pipeline/embed_store.hpp>
#include <vidcv/store/text_records.hpp>

#include <fmt/format.h>

namespace vidcv {

TextJob::TextJob(const std::filesystem::path& model_file, const EncoderOptions& options)
    : m_file(model_file), m_options(options), m_texts(model_file, options)
{
}

void TextJob::store_in(Database& database)
{
  m_database = &database;
  LazyEncoder pictures(m_file, m_options);
  m_model_id = ensure_model(database, pictures);
}

void TextJob::run(const std::vector<std::string>& texts, Report& report)
{
  report.columns(m_database ? std::vector<std::string_view>{"text", "tokens", "dim"}
                            : std::vector<std::string_view>{"text", "tokens", "dim", "embedding"});
  for (const std::string& text : texts) {
    if (m_database && has_text(*m_database, text, m_model_id)) {
      ++report.totals().skipped;
    } else {
      run_one(text, report);
    }
  }
}

void TextJob::run_one(const std::string& text, Report& report)
{
  const Stopwatch watch;
  const TextVector found = for_option("--text", [&] { return m_texts.of(text); });
  report.totals().times.encode_s += watch.seconds();
  if (m_database) { save_text(*m_database, text, m_model_id, found.vector); }
  ++report.totals().done;
  if (found.tokens.truncated) {
    report.warning(fmt::format("{}: cut off after {} tokens", one_line(text), m_texts.model().text.value().context));
  }
  report_one(text, found, report);
}

void TextJob::report_one(const std::string& text, const TextVector& found, Report& report) const
{
  const ModelDescription& model = m_texts.model();
  const TokenizedText& tokens = found.tokens;
  const std::string bytes = base64(to_blob(found.vector));
  if (report.json()) {
    report.object({{"type", "embedding"},
                   {"text", text},
                   {"tokens", tokens.ids},
                   {"truncated", tokens.truncated},
                   {"model", model.fingerprint},
                   {"dim", model.dim},
                   {"embedding", bytes}});
    return;
  }
  std::vector<std::string> fields = {text, fmt::format("{}", tokens.ids.size()), fmt::format("{}", model.dim)};
  if (!m_database) { fields.push_back(bytes); }
  report.row(fields);
}

}  // namespace vidcv
