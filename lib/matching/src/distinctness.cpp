#include <vidcv/matching/distinctness.hpp>

#include <algorithm>
#include <functional>
#include <numeric>

namespace vidcv {
namespace {

constexpr std::size_t k_nearest = 3;
constexpr double k_least_room = 1e-6;  // an impostor that is the asset's own picture leaves none

}  // namespace

double impostor_level(std::vector<double> scores)
{
  if (scores.empty()) { return -1; }
  const auto count = static_cast<std::ptrdiff_t>(std::min(k_nearest, scores.size()));
  std::ranges::partial_sort(scores, scores.begin() + count, std::ranges::greater());
  const double sum = std::accumulate(scores.begin(), scores.begin() + count, 0.0);
  return std::clamp(sum / static_cast<double>(count), -1.0, 1 - k_least_room);
}

double distinctness(double score, double level) noexcept
{
  return (score - level) / (1 - level);
}

double score_at(double distinctness, double level) noexcept
{
  return level + distinctness * (1 - level);
}

}  // namespace vidcv
