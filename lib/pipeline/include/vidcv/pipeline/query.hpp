#pragma once

#include <vidcv/clip/text_vectors.hpp>
#include <vidcv/core/config.hpp>
#include <vidcv/core/embedding.hpp>
#include <vidcv/store/vector_records.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace vidcv {

/// A part of a query: its vector counts so much, negative to move away from it.
struct QueryTerm {
  double weight = 1;
  Embedding vector;
};

/// The direction of the weighted sum of unit vectors.
/// @throws UsageError if it has none: the terms cancel each other
Embedding compose(const std::vector<QueryTerm>& terms);

/// `2*beach` is beach with a weight of 2; a text without such a beginning has 1.
std::pair<double, std::string> weighted(const std::string& word);

/// The vectors of a query in the space of one stored model. Opens the model for what has no vector yet.
class QueryVectors {
 public:
  /// @param config  may name the model; otherwise it is found among the imported ones by its fingerprint
  QueryVectors(Database& database, const StoredModel& model, const Config& config);
  ~QueryVectors();
  QueryVectors(const QueryVectors&) = delete;
  QueryVectors& operator=(const QueryVectors&) = delete;

  /// @throws ModelError if the model takes no texts; UsageError for a text that it cannot take whole
  Embedding of_text(const std::string& text);
  /// A picture, or its part inside `box`.
  /// @throws InputError
  Embedding of_picture(const std::filesystem::path& file, const std::optional<Box>& box);
  /// The sampled frame that is nearest in time.
  /// @throws InputError if the database has no frames of the clip
  Embedding of_moment(const std::filesystem::path& clip, double timestamp_s);
  /// @throws InputError if there is no such asset, more than one, or none of its pictures has a vector
  Embedding of_asset(const std::string& tag);

 private:
  EncoderOptions options() const;
  std::filesystem::path model_path();

  Database& m_database;
  StoredModel m_model;
  const Config& m_config;
  std::unique_ptr<TextVectors> m_texts;
};

}  // namespace vidcv
