#include "shared/text_search.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/pipeline/query.hpp>

#include <fmt/format.h>

namespace vidcv {
namespace {

constexpr std::size_t k_found_clips = 24;

}  // namespace

StoredModel chosen_model(Database& database, const std::string& name)
{
  const std::vector<StoredModel> models = models_with_vectors(database, name);
  if (models.size() == 1) { return models.front(); }
  if (models.empty()) {
    throw Error(database.path().native(), "read",
                name.empty() ? "it has no vectors of frames: vidcv embed --db DB --model MODEL CLIPS"
                             : fmt::format("it has no vectors of a model {}", one_line(name)));
  }
  std::vector<std::string> known;
  for (const StoredModel& model : models) {
    known.push_back(fmt::format("{} {} ({})", model.fingerprint.substr(0, 12), model.name, model.precision));
  }
  throw UsageError("--of", "",
                   fmt::format("the database has vectors of several models, name one: {}", fmt::join(known, ", ")));
}

std::vector<FoundMoment> text_search(Database& database, const std::string& model_name, const std::string& text,
                                     const Config& config, Report& report)
{
  const StoredModel model = chosen_model(database, model_name);
  QueryVectors vectors(database, model, config);
  SearchRequest request;
  request.query = vectors.of_text(text);
  request.clips = k_found_clips;
  request.threads = static_cast<int>(config.integer(Key::threads));
  VectorSearch search(database, model, [&](const std::string& line) { report.detail(line); });
  return search.find(request);
}

}  // namespace vidcv
