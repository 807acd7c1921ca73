#include <vidcv/matching/match.hpp>

#include <algorithm>
#include <limits>

namespace vidcv {
namespace {

constexpr double k_none = -std::numeric_limits<double>::infinity();

/// The scores of one frame; k_none where there is nothing to compare.
std::vector<double> scores_of(std::span<const float> frame, std::span<const std::span<const float>> assets)
{
  std::vector<double> scores(assets.size(), k_none);
  for (std::size_t i = 0; i < assets.size(); ++i) {
    if (!frame.empty() && assets[i].size() == frame.size()) { scores[i] = cosine(frame, assets[i]); }
  }
  return scores;
}

std::optional<double> margin_of(std::size_t asset, const std::vector<double>& scores)
{
  double best_other = k_none;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (i != asset) { best_other = std::max(best_other, scores[i]); }
  }
  return best_other == k_none ? std::nullopt : std::optional<double>(scores[asset] - best_other);
}

}  // namespace

double cosine(std::span<const float> a, std::span<const float> b) noexcept
{
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) { sum += double{a[i]} * double{b[i]}; }
  return sum;
}

std::vector<Match> match_frames(std::span<const std::span<const float>> frames,
                                std::span<const std::span<const float>> assets, double threshold)
{
  std::vector<Match> matches;
  for (std::size_t f = 0; f < frames.size(); ++f) {
    const std::vector<double> scores = scores_of(frames[f], assets);
    const auto first = static_cast<std::ptrdiff_t>(matches.size());
    for (std::size_t a = 0; a < assets.size(); ++a) {
      if (scores[a] >= threshold) { matches.push_back({f, a, scores[a], margin_of(a, scores)}); }
    }
    std::sort(matches.begin() + first, matches.end(), [](const Match& x, const Match& y) {
      return x.score != y.score ? x.score > y.score : x.asset < y.asset;
    });
  }
  return matches;
}

}  // namespace vidcv
