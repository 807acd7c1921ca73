#include <vidcv/matching/continuity.hpp>

#include <vidcv/matching/match.hpp>

#include <algorithm>

namespace vidcv {

std::vector<Interval> intervals_of(std::span<const double> times_s, const std::vector<bool>& seen)
{
  std::vector<Interval> runs;
  for (std::size_t i = 0; i < times_s.size(); ++i) {
    if (!seen[i]) { continue; }
    const bool continues = i > 0 && seen[i - 1];
    if (!continues) { runs.push_back({i, i, times_s[i], times_s[i]}); }
    runs.back().last = i;
    runs.back().to_s = times_s[i];
  }
  return runs;
}

std::optional<double> steadiness(std::span<const std::span<const float>> frames)
{
  double sum = 0;
  int pairs = 0;
  std::span<const float> before;
  for (const std::span<const float> frame : frames) {
    if (frame.empty()) { continue; }
    if (!before.empty()) {
      sum += std::clamp(cosine(before, frame), 0.0, 1.0);
      ++pairs;
    }
    before = frame;
  }
  return pairs == 0 ? std::nullopt : std::optional<double>(sum / pairs);
}

std::optional<double> continuity_score(std::size_t expected, std::size_t seen, std::optional<double> steadiness)
{
  const auto visual = steadiness ? std::optional<double>(10 * *steadiness) : std::nullopt;
  if (expected == 0) { return visual; }
  const double adherence = 10 * static_cast<double>(seen) / static_cast<double>(expected);
  return visual ? (adherence + *visual) / 2 : adherence;
}

}  // namespace vidcv
