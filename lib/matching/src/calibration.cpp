#include <vidcv/matching/calibration.hpp>

#include <algorithm>
#include <cmath>

namespace vidcv {
namespace {

constexpr int k_bins_per_unit = 20;
constexpr double k_least_variance = 1e-4;  // a hundredth of a cosine: finer differences mean nothing
// How much better two groups must describe the scores than one, in nats per score: more than what is left of normal and
// uniform scores that were cut in two, which was tried for 20 to 1000 of them.
constexpr double k_least_gain = 0.25;
constexpr double k_gain_of_few = 8;

/// The bin of a score among those from -1 to 1.
std::size_t bin_of(double score)
{
  constexpr double k_last = 2 * k_bins_per_unit - 1;
  return static_cast<std::size_t>(std::clamp(std::floor(score * k_bins_per_unit) + k_bins_per_unit, 0.0, k_last));
}

void count(std::span<const double> scores, std::vector<ScoreBin>& bins, std::size_t ScoreBin::* kind)
{
  for (const double score : scores) { ++(bins[bin_of(score)].*kind); }
}

std::vector<ScoreBin> histogram(std::span<const double> pairs, std::span<const double> same,
                                std::span<const double> other)
{
  std::vector<ScoreBin> bins;
  for (int i = -k_bins_per_unit; i < k_bins_per_unit; ++i) {
    bins.push_back({static_cast<double>(i) / k_bins_per_unit, static_cast<double>(i + 1) / k_bins_per_unit});
  }
  count(pairs, bins, &ScoreBin::pairs);
  count(same, bins, &ScoreBin::same);
  count(other, bins, &ScoreBin::other);
  const auto is_filled = [](const ScoreBin& bin) { return bin.pairs + bin.same + bin.other > 0; };
  bins.erase(bins.begin(), std::ranges::find_if(bins, is_filled));
  while (!bins.empty() && !is_filled(bins.back())) { bins.pop_back(); }
  return bins;
}

std::vector<double> sorted(std::span<const double> scores)
{
  std::vector<double> all(scores.begin(), scores.end());
  std::ranges::sort(all);
  return all;
}

/// The share of sorted scores that are at least `threshold`.
double share_from(const std::vector<double>& scores, double threshold)
{
  const auto from = std::ranges::lower_bound(scores, threshold);
  return static_cast<double>(scores.end() - from) / static_cast<double>(scores.size());
}

void leave_one_out(std::span<const double> same_scores, std::span<const double> other_scores, Calibration& result)
{
  const std::vector<double> same = sorted(same_scores);
  const std::vector<double> other = sorted(other_scores);
  std::vector<double> all = same;
  all.insert(all.end(), other.begin(), other.end());
  std::ranges::sort(all);
  double best = -1;
  double widest = 0;
  for (std::size_t i = 1; i < all.size(); ++i) {
    const double middle = (all[i - 1] + all[i]) / 2;
    const double accuracy = (share_from(same, middle) + 1 - share_from(other, middle)) / 2;
    const double gap = all[i] - all[i - 1];
    if (gap <= 0 || accuracy < best || (accuracy == best && gap <= widest)) { continue; }
    best = accuracy;
    widest = gap;
    result.threshold = middle;
  }
  if (!result.threshold) { return; }
  result.method = "leave-one-out";
  result.accuracy = best;
}

/// Sums of scores and of their squares up to each place, for the variance of any run of them.
class Runs {
 public:
  explicit Runs(const std::vector<double>& scores)
  {
    for (const double score : scores) {
      m_sums.push_back(m_sums.back() + score);
      m_squares.push_back(m_squares.back() + score * score);
    }
  }

  double variance(std::size_t first, std::size_t last) const
  {
    const auto n = static_cast<double>(last - first);
    const double mean = (m_sums[last] - m_sums[first]) / n;
    return std::max(k_least_variance, (m_squares[last] - m_squares[first]) / n - mean * mean);
  }

 private:
  std::vector<double> m_sums = {0};
  std::vector<double> m_squares = {0};
};

void two_groups(std::span<const double> pairs, Calibration& result)
{
  const std::vector<double> scores = sorted(pairs);
  const Runs runs(scores);
  const auto n = static_cast<double>(scores.size());
  double best = 0;
  for (std::size_t i = 2; i + 2 <= scores.size(); ++i) {
    if (scores[i] == scores[i - 1]) { continue; }
    const double low = static_cast<double>(i) / n;
    const double cost = low * std::log(runs.variance(0, i)) + (1 - low) * std::log(runs.variance(i, scores.size())) -
                        2 * (low * std::log(low) + (1 - low) * std::log(1 - low));
    const double gain = std::log(runs.variance(0, scores.size())) - cost;
    if (gain <= best) { continue; }
    best = gain;
    result.threshold = (scores[i - 1] + scores[i]) / 2;
  }
  if (best < k_least_gain + k_gain_of_few / n) { result.threshold.reset(); }
  if (result.threshold) { result.method = "two groups"; }
}

}  // namespace

Calibration calibrate(std::span<const double> pairs, std::span<const double> same, std::span<const double> other)
{
  Calibration result;
  result.histogram = histogram(pairs, same, other);
  if (!same.empty() && !other.empty()) {
    leave_one_out(same, other, result);
  } else {
    two_groups(pairs, result);
  }
  return result;
}

}  // namespace vidcv
