#pragma once

#include <vidcv/clip/encoder.hpp>
#include <vidcv/clip/label_texts.hpp>
#include <vidcv/clip/tokenizer.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <variant>

namespace vidcv {

struct TextVector {
  Embedding vector;
  TokenizedText tokens = {};  ///< none where the model looks texts up among names
};

/// The texts of a model, by its text tower or by the names of its classes.
class TextVectors {
 public:
  /// Opens nothing but the model's description and its tokenizer or names.
  /// @throws ModelError if the model takes pictures only
  TextVectors(const std::filesystem::path& model_file, const EncoderOptions& options);
  ~TextVectors();
  TextVectors(const TextVectors&) = delete;
  TextVectors& operator=(const TextVectors&) = delete;

  const ModelDescription& model() const noexcept { return m_model; }

  /// A text that is too long is cut off. A text tower is opened at the first call.
  /// @throws UsageError for a text that is not UTF-8, or that names nothing the model knows; ModelError
  TextVector of(const std::string& text);

 private:
  std::filesystem::path m_file;
  EncoderOptions m_options;
  ModelDescription m_model;
  std::variant<Tokenizer, LabelTexts> m_reader;
  std::unique_ptr<TextEncoder> m_encoder;
};

}  // namespace vidcv
