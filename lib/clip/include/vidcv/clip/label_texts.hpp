#pragma once

#include <vidcv/core/embedding.hpp>

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace vidcv {

/// Texts for a network that was trained to tell classes apart: the rows of its classifier, less their mean, are
/// directions in the space of its pictures, one for each class. So a text is looked up among the names of the classes,
/// word by word; nothing else is understood. (Norouzi et al., "Zero-shot learning by convex combination of semantic
/// embeddings", ICLR 2014, go the same way from pictures to words.)
class LabelTexts {
 public:
  /// @param names    a class a line, its names separated by `, `
  /// @param vectors  unit length, in the same order
  LabelTexts(std::string_view names, std::vector<Embedding> vectors);

  /// Of a model file.
  /// @throws ModelError if it has none, or they are damaged
  static LabelTexts read(const std::filesystem::path& model_file);

  std::size_t size() const noexcept { return m_vectors.size(); }

  /// The direction of the classes that the text names. The longest names count: `mountain bike` is not `bike`. A word
  /// alone names each class with it, so `dog` is all dogs. Articles and the like are ignored.
  /// @throws UsageError naming the first word that is in no name, and names like it
  Embedding vector(const std::string& text) const;

 private:
  using Classes = std::vector<std::size_t>;
  const Classes* find(const std::string& phrase) const;
  std::string nearest_names(const std::string& word) const;

  std::vector<Embedding> m_vectors;
  std::map<std::string, Classes> m_phrases;  // whole names
  std::map<std::string, Classes> m_words;    // words of names
};

}  // namespace vidcv
