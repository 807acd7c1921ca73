#include <vidcv/matching/shared_stretches.hpp>

#include <vidcv/matching/match.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

namespace vidcv {
namespace {

constexpr std::size_t k_most_stretches = 8;
constexpr std::size_t k_lines_of_speed = 5;
/// What another speed than 1 has to be better by.
constexpr double k_other_speed = 0.97;
/// A little more than half a step, so that a frame has the nearer of its neighbours in reach.
constexpr double k_reach = 0.51;

/// What films lose and win between 24 and 25 frames a second, the usual slow motion, and steps of 6% from half to
/// twice.
const std::vector<double>& speeds()
{
  static const std::vector<double> all = [] {
    std::vector<double> speeds = {1.0, 25.0 / 24, 24.0 / 25, 5.0 / 4, 4.0 / 5};
    for (int step = 1; step <= 12; ++step) {
      for (const int sign : {1, -1}) { speeds.push_back(std::exp2(sign * step / 12.0)); }
    }
    return speeds;
  }();
  return all;
}

/// The usual distance of neighbours; 1 s where there are none.
double usual_step(const std::vector<double>& times_s)
{
  std::vector<double> steps;
  for (std::size_t i = 1; i < times_s.size(); ++i) { steps.push_back(times_s[i] - times_s[i - 1]); }
  if (steps.empty()) { return 1; }
  const auto middle = steps.begin() + std::ssize(steps) / 2;
  std::ranges::nth_element(steps, middle);
  return std::max(*middle, 1e-3);
}

std::vector<OwnedVector> owned_by_frame(const Footage& clip)
{
  std::vector<OwnedVector> all;
  for (std::size_t i = 0; i < clip.vectors.size(); ++i) { all.push_back({i, clip.vectors[i]}); }
  return all;
}

class StretchSearch {
 public:
  StretchSearch(const Footage& one, const Footage& other, double least_score)
      : m_one(one),
        m_other(other),
        m_least(least_score),
        m_step_s(std::min(usual_step(one.times_s), usual_step(other.times_s))),
        m_reach_s(k_reach * usual_step(other.times_s)),
        m_used(one.vectors.size())
  {
    const auto pictures = owned_by_frame(other);
    const AssetMatcher matcher(other.vectors.front().size(), pictures, pictures.size());
    m_alike = matcher.match(owned_by_frame(one), {.thresholds = std::vector(pictures.size(), least_score)});
  }

  std::vector<SharedStretch> run()
  {
    std::vector<SharedStretch> all;
    while (all.size() < k_most_stretches) {
      const auto best = best_stretch();
      if (!best) { break; }
      std::fill_n(m_used.begin() + static_cast<std::ptrdiff_t>(best->first), best->last - best->first + 1, true);
      all.push_back(*best);
    }
    return all;
  }

 private:
  struct Rated {
    SharedStretch stretch;
    double excess = 0;  ///< sum of what the scores are above the least one
  };

  std::optional<SharedStretch> best_stretch() const
  {
    Rated best;
    for (const double speed : speeds()) {
      for (const double offset_s : offsets(speed)) {
        Rated rated = best_on({speed, offset_s});
        if (speed != 1) { rated.excess *= k_other_speed; }
        if (rated.excess > best.excess) { best = rated; }
      }
    }
    const bool is_single = m_one.vectors.size() == 1 && m_other.vectors.size() == 1;
    if (best.excess <= 0 || (best.stretch.first == best.stretch.last && !is_single)) { return std::nullopt; }
    return best.stretch;
  }

  /// Those on which the most lies, by half steps.
  std::vector<double> offsets(double speed) const
  {
    struct Votes {
      double weight = 0;
      double weighted_offset_s = 0;
    };
    std::map<std::int64_t, Votes> votes;
    for (const Match& match : m_alike) {
      if (m_used[match.frame]) { continue; }
      const double offset_s = m_other.times_s[match.asset] - speed * m_one.times_s[match.frame];
      const double weight = match.score - m_least + 1e-6;
      Votes& bin = votes[std::llround(2 * offset_s / m_step_s)];
      bin.weight += weight;
      bin.weighted_offset_s += weight * offset_s;
    }
    std::vector<Votes> best;
    for (const auto& [bin, vote] : votes) { best.push_back(vote); }
    const std::size_t count = std::min(best.size(), k_lines_of_speed);
    std::ranges::partial_sort(best, best.begin() + static_cast<std::ptrdiff_t>(count), std::ranges::greater(),
                              &Votes::weight);
    std::vector<double> all;
    for (std::size_t i = 0; i < count; ++i) { all.push_back(best[i].weighted_offset_s / best[i].weight); }
    return all;
  }

  /// The frame of the other clip nearest to a time.
  std::size_t nearest(double time_s) const
  {
    const auto& times = m_other.times_s;
    const auto after = std::ranges::lower_bound(times, time_s);
    if (after == times.begin()) { return 0; }
    const auto index = static_cast<std::size_t>(after - times.begin());
    return after == times.end() || time_s - times[index - 1] <= *after - time_s ? index - 1 : index;
  }

  /// The run with the largest sum. Frames that fall between the other clip's frames say nothing; those beyond its ends,
  /// and those of a stretch that is known, end a run.
  Rated best_on(const TimeLine& line) const
  {
    Rated best;
    Rated run;
    double sum = 0;
    std::size_t count = 0;
    bool is_open = false;
    for (std::size_t i = 0; i < m_one.vectors.size(); ++i) {
      const double time_s = line.at(m_one.times_s[i]);
      const bool is_inside =
          time_s >= m_other.times_s.front() - m_reach_s && time_s <= m_other.times_s.back() + m_reach_s;
      if (m_used[i] || !is_inside) {
        is_open = false;
        continue;
      }
      const std::size_t j = nearest(time_s);
      if (std::abs(m_other.times_s[j] - time_s) > m_reach_s) { continue; }
      if (!is_open || run.excess <= 0) {
        run = {{.first = i, .other_first = j, .line = line}};
        sum = 0;
        count = 0;
      }
      is_open = true;
      const double score = cosine(m_one.vectors[i], m_other.vectors[j]);
      run.excess += score - m_least;
      sum += score;
      ++count;
      run.stretch.last = i;
      run.stretch.other_last = j;
      run.stretch.score = sum / static_cast<double>(count);
      if (run.excess > best.excess) { best = run; }
    }
    return best;
  }

  const Footage& m_one;
  const Footage& m_other;
  double m_least;
  double m_step_s;
  double m_reach_s;
  std::vector<bool> m_used;  // frames of the one clip that are in a stretch
  std::vector<Match> m_alike;
};

}  // namespace

std::vector<SharedStretch> shared_stretches(const Footage& one, const Footage& other, double least_score)
{
  if (one.vectors.empty() || other.vectors.empty()) { return {}; }
  return StretchSearch(one, other, least_score).run();
}

}  // namespace vidcv
