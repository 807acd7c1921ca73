#include <vidcv/pipeline/impostors.hpp>

#include "find/plates.hpp"

#include <vidcv/clip/preprocess.hpp>
#include <vidcv/matching/distinctness.hpp>
#include <vidcv/store/plate_records.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace vidcv {
namespace {

std::vector<Embedding> encode_plates(ImageEncoder& encoder)
{
  const ModelDescription& model = encoder.model();
  const auto size = static_cast<std::size_t>(model.input_size);
  const std::size_t values = 3 * size * size;
  std::vector<Embedding> plates;
  while (plates.size() < k_plates) {
    const std::size_t count = std::min(k_plates - plates.size(), static_cast<std::size_t>(encoder.batch()));
    std::vector<float> batch(count * values);
    for (std::size_t i = 0; i < count; ++i) {
      preprocess(plate(plates.size() + i), model, std::span(batch).subspan(i * values, values));
    }
    std::ranges::move(encoder.encode(batch), std::back_inserter(plates));
  }
  return plates;
}

}  // namespace

void ensure_plates(Database& database, LazyEncoder& encoder, std::int64_t model_id)
{
  if (!plates_of(database, model_id, k_plates).empty()) { return; }
  save_plates(database, model_id, encode_plates(encoder.get()));
}

Impostors::Impostors(const AssetMatcher& matcher, const std::vector<Embedding>& plates) : m_matcher(matcher)
{
  for (const Embedding& plate : plates) { m_plates.push_back(matcher.best_scores(std::vector{OwnedVector{0, plate}})); }
}

void Impostors::add_clip(const std::vector<OwnedVector>& views)
{
  m_clips.push_back(m_matcher.best_scores(views));
}

std::vector<std::optional<double>> Impostors::levels(const std::vector<double>& thresholds) const
{
  std::vector<std::optional<double>> levels(thresholds.size());
  for (std::size_t asset = 0; asset < levels.size(); ++asset) {
    std::vector<double> scores;
    for (const auto& plate : m_plates) { scores.push_back(plate[asset]); }
    std::erase_if(scores, [](double score) { return !std::isfinite(score); });
    const double of_plates = impostor_level(scores);
    std::vector<double> others;
    for (const auto& clip : m_clips) {
      const double score = clip[asset];
      const bool is_sure = score >= thresholds[asset] && distinctness(score, of_plates) >= k_sure_distinctness;
      if (std::isfinite(score) && !is_sure) { others.push_back(score); }
    }
    if (scores.empty() && others.empty()) { continue; }
    levels[asset] = std::max(of_plates, impostor_level(others));
  }
  return levels;
}

}  // namespace vidcv
