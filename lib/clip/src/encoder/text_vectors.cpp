#include <vidcv/clip/text_vectors.hpp>

namespace vidcv {
namespace {

std::variant<Tokenizer, LabelTexts> reader_of(const std::filesystem::path& file, const ModelDescription& model)
{
  if (model.knows_labels()) { return LabelTexts::read(file); }
  return read_tokenizer(file);
}

}  // namespace

TextVectors::TextVectors(const std::filesystem::path& model_file, const EncoderOptions& options)
    : m_file(model_file),
      m_options(options),
      m_model(read_description(model_file)),
      m_reader(reader_of(model_file, m_model))
{
}

TextVectors::~TextVectors() = default;

TextVector TextVectors::of(const std::string& text)
{
  if (const auto* labels = std::get_if<LabelTexts>(&m_reader)) { return {labels->vector(text)}; }
  const auto& tokenizer = std::get<Tokenizer>(m_reader);
  TokenizedText tokens = tokenizer.tokenize(text, static_cast<std::size_t>(m_model.text.value().context));
  if (!m_encoder) { m_encoder = open_text_encoder(m_file, m_options); }
  return {m_encoder->encode(tokenizer.up_to_end(tokens.ids)), std::move(tokens)};
}

}  // namespace vidcv
