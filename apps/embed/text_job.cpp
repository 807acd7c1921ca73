#include "text_job.hpp"

#include <vidcv/cli/json.hpp>
#include <vidcv/core/stopwatch.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/pipeline/embed_store.hpp>
#include <vidcv/store/text_records.hpp>

#include <fmt/format.h>

namespace vidcv {

TextJob::TextJob(const std::filesystem::path& model_file, const EncoderOptions& options)
    : m_file(model_file),
      m_options(options),
      m_model(read_description(model_file)),
      m_tokenizer(read_tokenizer(model_file))
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
  const auto context = static_cast<std::size_t>(m_model.text.value().context);
  const TokenizedText tokens = for_option("--text", [&] { return m_tokenizer.tokenize(text, context); });
  if (!m_encoder) { m_encoder = open_text_encoder(m_file, m_options); }
  const Embedding vector = m_encoder->encode(m_tokenizer.up_to_end(tokens.ids));
  report.totals().times.encode_s += watch.seconds();
  if (m_database) { save_text(*m_database, text, m_model_id, vector); }
  ++report.totals().done;
  if (tokens.truncated) { report.warning(fmt::format("{}: cut off after {} tokens", one_line(text), context)); }
  report_one(text, tokens, vector, report);
}

void TextJob::report_one(const std::string& text, const TokenizedText& tokens, const Embedding& vector,
                         Report& report) const
{
  const std::string bytes = base64(to_blob(vector));
  if (report.json()) {
    report.object({{"type", "embedding"},
                   {"text", text},
                   {"tokens", tokens.ids},
                   {"truncated", tokens.truncated},
                   {"model", m_model.fingerprint},
                   {"dim", m_model.dim},
                   {"embedding", bytes}});
    return;
  }
  std::vector<std::string> fields = {text, fmt::format("{}", tokens.ids.size()), fmt::format("{}", m_model.dim)};
  if (!m_database) { fields.push_back(bytes); }
  report.row(fields);
}

}  // namespace vidcv
