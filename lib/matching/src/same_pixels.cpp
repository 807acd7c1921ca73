#include <vidcv/matching/same_pixels.hpp>

#include "registration.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace vidcv {
namespace {

constexpr double k_least_motion = 0.5;
constexpr double k_least_second = 0.3;
constexpr double k_least_picture = 0.6;
/// Of what changes in a usual second, for the second to say something.
constexpr double k_enough_change = 0.25;
/// Where nothing changes, pictures have to be the same.
constexpr double k_least_still = 0.995;
/// The length of what changes, as a share of the thumbnail's, below which it may be the codec's noise.
constexpr double k_still = 0.02;
constexpr std::size_t k_registered = 8;  // pairs of thumbnails that a view is chosen by
constexpr std::size_t k_lined_up = 64;   // thumbnails that a line is chosen by
constexpr double k_other_speed = 0.02;   // what another speed has to be better by
constexpr double k_search_s = 1.5;       // around the line that was given
constexpr double k_step_s = 1 / k_thumbnails_per_second;
constexpr double k_reach_s = 0.6 * k_step_s;
constexpr double k_least_covered = 0.5;  // of the stretch, by a line
constexpr int k_most_unlike = 4;         // thumbnails that do not agree between two that do

/// Up to `most` of the numbers [first, last), evenly.
std::vector<std::size_t> spread(std::size_t first, std::size_t last, std::size_t most)
{
  const std::size_t count = std::min(most, last - first);
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < count; ++i) { all.push_back(first + (2 * i + 1) * (last - first) / (2 * count)); }
  return all;
}

/// The thumbnail at a time, within a little more than half a step.
std::optional<std::size_t> at_time(std::span<const Thumbnail> all, double time_s)
{
  const auto after = std::ranges::lower_bound(all, time_s - k_reach_s, {}, &Thumbnail::time_s);
  if (after == all.end() || after->time_s > time_s + k_reach_s) { return std::nullopt; }
  auto nearest = after;
  if (after + 1 != all.end() && std::abs((after + 1)->time_s - time_s) < std::abs(after->time_s - time_s)) {
    ++nearest;
  }
  return static_cast<std::size_t>(nearest - all.begin());
}

/// Of what changes in thumbnails that fall on each other.
struct ChangeSums {
  double products = 0;
  double one_squares = 0;
  double other_squares = 0;
  std::size_t count = 0;

  double correlation() const { return products / std::max(std::sqrt(one_squares * other_squares), 1e-9); }
};

class Comparison {
 public:
  Comparison(std::span<const Thumbnail> one, std::span<const Thumbnail> other, const TimeLine& line, double from_s,
             double to_s)
      : m_one(without_bars(one)), m_other(without_bars(other)), m_line(line)
  {
    const auto begin = std::ranges::lower_bound(m_one, from_s - k_reach_s, {}, &Thumbnail::time_s);
    const auto end = std::ranges::upper_bound(m_one, to_s + k_reach_s, {}, &Thumbnail::time_s);
    m_first = static_cast<std::size_t>(begin - m_one.begin());
    m_last = static_cast<std::size_t>(end - m_one.begin());
  }

  std::optional<PixelMatch> run()
  {
    if (m_first == m_last || m_other.empty()) { return std::nullopt; }
    const Registration best = registration();
    if (best.score < 0) { return std::nullopt; }
    lay_upon_each_other(best);
    find_changes();
    PixelMatch match;
    match.mirrored = best.mirrored;
    const bool moves = m_one_change > k_still && m_other_change > k_still;
    if (moves) { m_line = best_line(); }
    match.line = m_line;
    if (moves) { match.motion = motion_on(m_line, m_last - m_first); }
    match.picture = picture_on(m_line);
    if (!(moves ? moves_alike(match) : match.picture >= k_least_still)) { return std::nullopt; }
    find_extent(match);
    return match;
  }

 private:
  /// By some pairs of thumbnails of the stretch.
  Registration registration() const
  {
    std::vector<Thumbnail> ones;
    std::vector<Thumbnail> others;
    for (const std::size_t i : spread(m_first, m_last, k_registered)) {
      const auto j = at_time(m_other, m_line.at(m_one[i].time_s));
      if (!j) { continue; }
      ones.push_back(m_one[i]);
      others.push_back(m_other[*j]);
    }
    return best_registration(ones, others);
  }

  void lay_upon_each_other(const Registration& registration)
  {
    m_one = seen(m_one, registration.one);
    m_other = seen(m_other, registration.other);
    std::ranges::for_each(m_one, standardize);
    std::ranges::for_each(m_other, standardize);
  }

  /// Thumbnails less their mean over the stretch, and how long these are.
  void find_changes()
  {
    m_one_changes = m_one;
    m_one_change = take_mean_out(m_one_changes, m_first, m_last);
    const double from_s = m_line.at(m_one[m_first].time_s) - k_reach_s;
    const double to_s = m_line.at(m_one[m_last - 1].time_s) + k_reach_s;
    const auto begin = std::ranges::lower_bound(m_other, from_s, {}, &Thumbnail::time_s);
    const auto end = std::ranges::upper_bound(m_other, to_s, {}, &Thumbnail::time_s);
    m_other_changes = m_other;
    m_other_change = take_mean_out(m_other_changes, static_cast<std::size_t>(begin - m_other.begin()),
                                   static_cast<std::size_t>(end - m_other.begin()));
  }

  static double take_mean_out(std::vector<Thumbnail>& all, std::size_t first, std::size_t last)
  {
    if (first >= last) { return 0; }
    Thumbnail mean;
    const auto count = static_cast<float>(last - first);
    for (std::size_t i = first; i < last; ++i) {
      for (std::size_t k = 0; k < mean.gray.size(); ++k) { mean.gray[k] += all[i].gray[k] / count; }
    }
    double squares = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      for (std::size_t k = 0; k < mean.gray.size(); ++k) { all[i].gray[k] -= mean.gray[k]; }
      if (i >= first && i < last) { squares += double{product(all[i], all[i])}; }
    }
    return std::sqrt(squares / static_cast<double>(last - first));
  }

  /// What changes in two thumbnails that fall on each other.
  void add_pair(const TimeLine& line, std::size_t i, ChangeSums& sums) const
  {
    const auto j = at_time(m_other_changes, line.at(m_one_changes[i].time_s));
    if (!j) { return; }
    const Thumbnail& one = m_one_changes[i];
    const Thumbnail& other = m_other_changes[*j];
    sums.products += double{product(one, other)};
    sums.one_squares += double{product(one, one)};
    sums.other_squares += double{product(other, other)};
    ++sums.count;
  }

  /// The correlation of what changes, over up to `most` thumbnails of the stretch; -1 where too few have a partner.
  double motion_on(const TimeLine& line, std::size_t most) const
  {
    ChangeSums sums;
    const auto chosen = spread(m_first, m_last, most);
    for (const std::size_t i : chosen) { add_pair(line, i, sums); }
    const auto needed = static_cast<std::size_t>(k_least_covered * static_cast<double>(chosen.size()));
    return sums.count < std::max(std::size_t{2}, needed) ? -1 : sums.correlation();
  }

  /// The weakest correlation of a second of the stretch in which enough changes; 1 where there is none.
  double weakest_second() const
  {
    constexpr auto k_second = static_cast<std::size_t>(k_thumbnails_per_second);
    double weakest = 1;
    for (std::size_t first = m_first; first + k_second / 2 <= m_last; first += k_second) {
      ChangeSums sums;
      for (std::size_t i = first; i < std::min(m_last, first + k_second); ++i) { add_pair(m_line, i, sums); }
      const double usual = m_one_change * m_one_change * static_cast<double>(sums.count);
      if (sums.count < k_second / 2 || sums.one_squares < k_enough_change * usual) { continue; }
      weakest = std::min(weakest, sums.correlation());
    }
    return weakest;
  }

  /// Lines of this speed, and of others from half to twice, through places around the middle of the stretch.
  TimeLine best_line() const
  {
    TimeLine best = m_line;
    double best_motion = -1;
    const auto try_lines = [&](double speed, double search_s, double step_s) {
      const double middle_s = m_one[(m_first + m_last) / 2].time_s;
      const double place_s = best.at(middle_s);
      for (int i = -static_cast<int>(search_s / step_s); i * step_s <= search_s; ++i) {
        const TimeLine line{speed, place_s + i * step_s - speed * middle_s};
        const double motion = motion_on(line, k_lined_up);
        if (motion > best_motion) {
          best_motion = motion;
          best = line;
        }
      }
    };
    try_lines(m_line.speed, k_search_s, k_step_s);
    best_motion += k_other_speed;
    for (int step = -24; step <= 24; ++step) { try_lines(std::exp2(step / 24.0), k_search_s, 2 * k_step_s); }
    for (int step = -10; step <= 10; ++step) { try_lines(best.speed * (1 + step * 0.004), k_step_s, k_step_s); }
    return best;
  }

  bool moves_alike(const PixelMatch& match) const
  {
    return *match.motion >= k_least_motion && match.picture >= k_least_picture && weakest_second() >= k_least_second;
  }

  double picture_on(const TimeLine& line) const
  {
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t i = m_first; i < m_last; ++i) {
      const auto j = at_time(m_other, line.at(m_one[i].time_s));
      if (!j) { continue; }
      sum += double{product(m_one[i], m_other[*j])};
      ++count;
    }
    return count == 0 ? -1 : sum / static_cast<double>(count);
  }

  /// Whether the thumbnails of a time agree, or both are plain; no where one of them is not there.
  bool agrees(std::size_t i) const
  {
    const auto j = at_time(m_other, m_line.at(m_one[i].time_s));
    if (!j) { return false; }
    const bool is_plain = product(m_one[i], m_one[i]) == 0 && product(m_other[*j], m_other[*j]) == 0;
    return is_plain || product(m_one[i], m_other[*j]) >= k_least_picture;
  }

  /// The last thumbnail on the way from `from` that agrees, with a few in between that do not.
  std::size_t edge(std::size_t from, std::ptrdiff_t step) const
  {
    std::size_t last = from;
    const auto count = std::ssize(m_one);
    for (std::ptrdiff_t i = static_cast<std::ptrdiff_t>(from) + step; i >= 0 && i < count; i += step) {
      const auto next = static_cast<std::size_t>(i);
      if (std::abs(m_one[next].time_s - m_one[last].time_s) > (k_most_unlike + 2) * k_step_s) { break; }
      if (agrees(next)) { last = next; }
    }
    return last;
  }

  void find_extent(PixelMatch& match) const
  {
    const std::size_t middle = (m_first + m_last) / 2;
    match.from_s = m_one[edge(middle, -1)].time_s;
    match.to_s = m_one[edge(middle, 1)].time_s;
  }

  std::vector<Thumbnail> m_one;
  std::vector<Thumbnail> m_other;
  std::vector<Thumbnail> m_one_changes;
  std::vector<Thumbnail> m_other_changes;
  TimeLine m_line;
  std::size_t m_first = 0;  // of the one clip's thumbnails, the stretch that was given: [m_first, m_last)
  std::size_t m_last = 0;
  double m_one_change = 0;
  double m_other_change = 0;
};

}  // namespace

std::optional<PixelMatch> compare_pixels(std::span<const Thumbnail> one, std::span<const Thumbnail> other,
                                         const TimeLine& line, double from_s, double to_s)
{
  return Comparison(one, other, line, from_s, to_s).run();
}

}  // namespace vidcv
