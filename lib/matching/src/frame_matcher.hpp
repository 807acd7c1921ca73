#pragma once

#include <vidcv/matching/match.hpp>

#include <algorithm>
#include <limits>

namespace vidcv {

/// One frame's scores in float: a row per view, a column per picture.
struct FrameScores {
  std::span<const OwnedVector> views;  ///< of this frame alone
  const float* scores = nullptr;
  std::size_t stride = 0;  ///< from one row to the next

  float at(std::size_t view, std::size_t picture) const { return scores[view * stride + picture]; }
};

/// Compares one frame after the other with all assets, exactly where that matters (see the note on exactness). Not for
/// use by two threads at once.
class FrameMatcher {
 public:
  /// @param error  how far a score can be from the cosine
  FrameMatcher(std::span<const OwnedVector> pictures, std::size_t assets, const MatchRule& rule, double error);

  /// Appends the frame's matches, best first; their views and pictures are positions in the lists given here.
  void match(const FrameScores& frame, std::vector<Match>& matches);

 private:
  struct BestTwo {
    double best = 0;
    double second = 0;
    std::size_t asset = 0;  // the best one
  };

  bool is_hopeless(const FrameScores& frame) const;
  void find_rough_bests(const FrameScores& frame);
  void choose_candidates();
  void find_exact_bests(const FrameScores& frame);
  void compare(const FrameScores& frame, std::size_t view, std::size_t picture);
  template <typename ScoreOf>
  BestTwo best_two(ScoreOf score_of) const;

  std::span<const OwnedVector> m_pictures;
  const MatchRule& m_rule;
  double m_error;
  double m_lowest;              // of the thresholds
  std::vector<double> m_rough;  // per asset, the best score in float
  std::vector<bool> m_wanted;   // per asset, whether it is worth an exact look
  std::vector<Match> m_exact;   // per asset, by cosine(); without a score where it was not worth it
};

}  // namespace vidcv
