#include <vidcv/matching/continuity.hpp>

#include <vidcv/matching/match.hpp>

#include <algorithm>

namespace vidcv {
namespace {

constexpr double k_usual_step_s = 2;  // from one base frame to the next

/// The median distance of neighbours; 0 with fewer than two frames.
double usual_step(std::span<const double> times_s)
{
  std::vector<double> steps;
  for (std::size_t i = 1; i < times_s.size(); ++i) { steps.push_back(times_s[i] - times_s[i - 1]); }
  if (steps.empty()) { return 0; }
  const auto middle = steps.begin() + std::ssize(steps) / 2;
  std::ranges::nth_element(steps, middle);
  return *middle;
}

}  // namespace

double longest_step(std::span<const double> times_s)
{
  return std::max(k_usual_step_s, usual_step(times_s)) * 2;
}

std::vector<Interval> intervals_of(std::span<const double> times_s, const std::vector<bool>& seen,
                                   double longest_step_s)
{
  std::vector<Interval> runs;
  for (std::size_t i = 0; i < times_s.size(); ++i) {
    if (!seen[i]) { continue; }
    const bool continues = i > 0 && seen[i - 1] && times_s[i] - times_s[i - 1] <= longest_step_s;
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

std::optional<double> visual_quality(std::optional<double> quality, std::optional<double> steadiness)
{
  if (!steadiness) { return quality; }
  return quality ? (*quality + 10 * *steadiness) / 2 : 10 * *steadiness;
}

std::optional<double> continuity_score(std::size_t expected, std::size_t seen, std::optional<double> visual)
{
  if (expected == 0) { return visual; }
  const double adherence = 10 * static_cast<double>(seen) / static_cast<double>(expected);
  return visual ? (adherence + *visual) / 2 : adherence;
}

}  // namespace vidcv
