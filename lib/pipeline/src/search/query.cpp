#include <vidcv/pipeline/query.hpp>

#include <vidcv/clip/model_places.hpp>
#include <vidcv/core/error.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/pipeline/embed_store.hpp>
#include <vidcv/pipeline/embedding_run.hpp>
#include <vidcv/pipeline/run_settings.hpp>
#include <vidcv/store/service_records.hpp>
#include <vidcv/store/text_records.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

namespace vidcv {
namespace fs = std::filesystem;

Embedding compose(const std::vector<QueryTerm>& terms)
{
  std::vector<double> sum(terms.empty() ? 0 : terms.front().vector.size());
  for (const QueryTerm& term : terms) {
    for (std::size_t i = 0; i < sum.size(); ++i) { sum[i] += term.weight * double{term.vector[i]}; }
  }
  Embedding direction(sum.begin(), sum.end());
  if (!make_unit(direction)) { throw UsageError("query", "", "its terms cancel each other"); }
  return direction;
}

std::pair<double, std::string> weighted(const std::string& word)
{
  const std::size_t star = word.find('*');
  if (star == std::string::npos || star == 0) { return {1, word}; }
  const auto weight = parse_double(word.substr(0, star));
  return weight && std::isfinite(*weight) ? std::pair(*weight, word.substr(star + 1)) : std::pair(1.0, word);
}

QueryVectors::QueryVectors(Database& database, const StoredModel& model, const Config& config)
    : m_database(database), m_model(model), m_config(config)
{
}

QueryVectors::~QueryVectors() = default;

/// The precision is that of the stored vectors.
EncoderOptions QueryVectors::options() const
{
  EncoderOptions options = encoder_options(m_config);
  options.precision = m_model.precision;
  return options;
}

/// The file that made the stored vectors.
fs::path QueryVectors::model_path()
{
  if (!m_config.text(Key::model).empty()) {
    const fs::path named = model_file(m_config);
    if (read_description(named).fingerprint == m_model.fingerprint) { return named; }
    throw ModelError(named.native(), "search",
                     fmt::format("the database's vectors are of another model: {} ({})", m_model.name,
                                 m_model.fingerprint.substr(0, 12)));
  }
  const auto folder = models_folder();
  std::error_code unreadable;
  std::vector<fs::path> files;
  if (folder) {
    for (const auto& entry : fs::directory_iterator(*folder, unreadable)) { files.push_back(entry.path()); }
  }
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    if (file.extension() != ".pt") { continue; }
    try {
      if (read_description(file).fingerprint == m_model.fingerprint) { return file; }
    } catch (const ModelError&) {
      continue;
    }
  }
  throw ModelError(m_model.name, "search",
                   fmt::format("its file is needed to understand the query, and no imported model has the fingerprint "
                               "{}: name it with --model",
                               m_model.fingerprint.substr(0, 12)));
}

Embedding QueryVectors::of_text(const std::string& text)
{
  if (Embedding known = text_vector(m_database, text, m_model.id); !known.empty()) { return known; }
  if (!m_texts) { m_texts = std::make_unique<TextVectors>(model_path(), options()); }
  TextVector found = m_texts->of(text);
  if (found.tokens.truncated) {
    throw UsageError(one_line(text), "",
                     fmt::format("is longer than the {} tokens that the model takes", found.tokens.ids.size()));
  }
  return std::move(found.vector);
}

Embedding QueryVectors::of_picture(const fs::path& file, const std::optional<Box>& box)
{
  LazyEncoder encoder(model_path(), options());
  const DecodeOptions decode = decode_options(m_config);
  EmbedOptions how{first_frame_options(decode)};
  if (box) {
    how.parts = [&](const Pick&, int, int) { return std::vector{*box}; };
    how.blank_parts = true;
  }
  EmbeddingRun run(jobs_for({file}, how), &encoder, {.threads = decode.threads});
  const auto results = run.next();
  if (results.empty()) { throw Error(file.native(), "decode", "the search was stopped"); }
  if (const auto* failure = std::get_if<EmbedFailure>(&results.front().outcome)) {
    throw InputError(failure->error.thing(), failure->error.action(), failure->error.cause());
  }
  const auto& clip = std::get<EmbeddedClip>(results.front().outcome);
  return box ? clip.regions.front().front().embedding : clip.vectors.front();
}

Embedding QueryVectors::of_moment(const fs::path& clip, double timestamp_s)
{
  const auto media = find_media(m_database, stored_path(clip));
  const std::vector<FramePlace> frames = media ? frame_places_of(m_database, media->id) : std::vector<FramePlace>();
  if (frames.empty()) {
    throw InputError(clip.native(), "search", "the database has no frames of it: vidcv embed --db DB FILE");
  }
  const auto nearest = std::ranges::min_element(
      frames, {}, [&](const FramePlace& frame) { return std::abs(frame.timestamp_s - timestamp_s); });
  Embedding vector = VectorReader(m_database, m_model.id).find(nearest->id, 0);
  if (vector.empty()) { throw InputError(clip.native(), "search", "the model has no vector of this frame"); }
  return vector;
}

Embedding QueryVectors::of_asset(const std::string& tag)
{
  std::vector<Embedding> found;
  bool is_known = false;
  for (const std::string& manifest_id : manifest_ids(m_database)) {
    for (const AssetRecord& asset : assets_of(m_database, manifest_id, m_model.id)) {
      if (asset.tag != tag) { continue; }
      is_known = true;
      if (!asset.own.embedding.empty()) { found.push_back(asset.own.embedding); }
    }
  }
  if (!is_known) { throw InputError(tag, "search", "no asset has this tag: vidcv asset list --db DB"); }
  if (found.empty()) { throw InputError(tag, "search", "the model has no vector of the asset: vidcv embed --assets"); }
  if (std::ranges::any_of(found, [&](const Embedding& other) { return other != found.front(); })) {
    throw InputError(tag, "search", "assets of several projects have this tag: search by its picture, with --image");
  }
  return found.front();
}

}  // namespace vidcv
