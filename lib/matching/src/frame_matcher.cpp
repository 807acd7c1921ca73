#include "frame_matcher.hpp"

#include <array>

namespace vidcv {
namespace {

constexpr double k_none = -std::numeric_limits<double>::infinity();

}  // namespace

FrameMatcher::FrameMatcher(std::span<const OwnedVector> pictures, std::size_t assets, const MatchRule& rule,
                           double error)
    : m_pictures(pictures), m_rule(rule), m_error(error), m_rough(assets), m_wanted(assets), m_exact(assets)
{
  m_lowest = rule.thresholds.empty() ? 0 : *std::ranges::min_element(rule.thresholds);
}

void FrameMatcher::match(const FrameScores& frame, std::vector<Match>& matches)
{
  if (is_hopeless(frame)) { return; }
  find_rough_bests(frame);
  choose_candidates();
  find_exact_bests(frame);
  const BestTwo two = best_two([&](std::size_t asset) { return m_exact[asset].score; });
  const auto first = std::ssize(matches);
  for (std::size_t asset = 0; asset < m_exact.size(); ++asset) {
    Match& match = m_exact[asset];
    if (match.score < m_rule.thresholds[asset]) { continue; }
    const double other = asset == two.asset ? two.second : two.best;
    if (other != k_none) { match.margin = match.score - other; }
    if (match.margin && *match.margin < m_rule.least_margin) { continue; }
    matches.push_back(match);
  }
  std::sort(matches.begin() + first, matches.end(),
            [](const Match& x, const Match& y) { return x.score != y.score ? x.score > y.score : x.asset < y.asset; });
}

/// Most frames show no asset: one pass over their scores rejects them.
bool FrameMatcher::is_hopeless(const FrameScores& frame) const
{
  constexpr std::size_t k_lanes = 16;  // that do not wait for one another
  std::array<float, k_lanes> best;
  best.fill(-std::numeric_limits<float>::infinity());
  const auto keep = [&](std::size_t lane, float score) { best[lane] = score > best[lane] ? score : best[lane]; };
  for (std::size_t view = 0; view < frame.views.size(); ++view) {
    const float* row = frame.scores + view * frame.stride;
    std::size_t picture = 0;
    for (; picture + k_lanes <= m_pictures.size(); picture += k_lanes) {
      for (std::size_t lane = 0; lane < k_lanes; ++lane) { keep(lane, row[picture + lane]); }
    }
    for (; picture < m_pictures.size(); ++picture) { keep(0, row[picture]); }
  }
  return *std::ranges::max_element(best) < m_lowest - m_error;
}

void FrameMatcher::find_rough_bests(const FrameScores& frame)
{
  std::ranges::fill(m_rough, k_none);
  for (std::size_t view = 0; view < frame.views.size(); ++view) {
    for (std::size_t picture = 0; picture < m_pictures.size(); ++picture) {
      double& best = m_rough[m_pictures[picture].owner];
      best = std::max(best, double{frame.at(view, picture)});
    }
  }
}

template <typename ScoreOf>
FrameMatcher::BestTwo FrameMatcher::best_two(ScoreOf score_of) const
{
  BestTwo two{k_none, k_none, 0};
  for (std::size_t asset = 0; asset < m_rough.size(); ++asset) {
    const double score = score_of(asset);
    if (score > two.best) {
      two = {score, two.best, asset};
    } else {
      two.second = std::max(two.second, score);
    }
  }
  return two;
}

/// Chooses the assets that may reach their threshold, or may be the best or second best.
void FrameMatcher::choose_candidates()
{
  const BestTwo two = best_two([&](std::size_t asset) { return m_rough[asset]; });
  for (std::size_t asset = 0; asset < m_rough.size(); ++asset) {
    const double rough = m_rough[asset];
    m_wanted[asset] =
        rough != k_none && (rough >= m_rule.thresholds[asset] - m_error || rough >= two.second - 2 * m_error);
  }
}

void FrameMatcher::find_exact_bests(const FrameScores& frame)
{
  for (std::size_t asset = 0; asset < m_exact.size(); ++asset) {
    m_exact[asset] = {.frame = frame.views.front().owner, .asset = asset, .score = k_none, .margin = {}};
  }
  for (std::size_t view = 0; view < frame.views.size(); ++view) {
    for (std::size_t picture = 0; picture < m_pictures.size(); ++picture) { compare(frame, view, picture); }
  }
}

void FrameMatcher::compare(const FrameScores& frame, std::size_t view, std::size_t picture)
{
  const std::size_t asset = m_pictures[picture].owner;
  if (!m_wanted[asset] || frame.at(view, picture) < m_rough[asset] - 2 * m_error) { return; }
  const double score = cosine(frame.views[view].vector, m_pictures[picture].vector);
  Match& best = m_exact[asset];
  if (score > best.score) { best = {best.frame, asset, view, picture, score, {}}; }
}

}  // namespace vidcv
