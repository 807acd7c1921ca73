#include <vidcv/matching/face_matcher.hpp>

#include <vidcv/matching/match.hpp>

#include <algorithm>

namespace vidcv {

void FaceMatcher::add(std::size_t asset, Embedding face)
{
  if (!face.empty() && make_unit(face)) { m_faces.emplace_back(asset, std::move(face)); }
}

std::optional<FaceMatcher::Best> FaceMatcher::best(const Embedding& face) const
{
  std::optional<Best> best;
  std::optional<double> second;
  for (const auto& [asset, known] : m_faces) {
    if (face.empty() || known.size() != face.size()) { continue; }
    const double score = cosine(known, face);
    if (!best || score > best->score) {
      if (best) { second = best->score; }
      best = Best{asset, score, {}};
    } else {
      second = std::max(second.value_or(score), score);
    }
  }
  if (best && second) { best->margin = best->score - *second; }
  return best;
}

}  // namespace vidcv
