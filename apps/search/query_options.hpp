#pragma once

#include <vidcv/cli/command_line.hpp>
#include <vidcv/pipeline/query.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace vidcv {

/// What is searched for: texts, pictures, moments and assets, and what is not.
class QueryOptions {
 public:
  void declare(CommandLine& line);
  /// @throws UsageError if nothing is named, or a word cannot be read
  void read_words();
  bool empty() const;

  /// The query in the space of the vectors' model.
  /// @throws InputError, ModelError, UsageError
  Embedding vector(QueryVectors& vectors) const;
  /// `text`, `picture`, or `mixed`: scores of different kinds are not comparable.
  std::string_view kind() const;

 private:
  std::vector<std::string> m_texts;
  std::vector<std::string> m_images;
  std::vector<std::string> m_moments;
  std::vector<std::string> m_assets;
  std::vector<std::string> m_minus_texts;
  std::vector<std::string> m_minus_images;
  std::string m_box_words;
  std::optional<Box> m_box;
};

}  // namespace vidcv
