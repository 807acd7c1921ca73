#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace vidcv {

/// The cosine of two unit vectors of one width, summed as double in index order.
double cosine(std::span<const float> a, std::span<const float> b) noexcept;

/// A unit vector and whose it is: an asset has one per picture, a frame one for the whole and one per region.
struct OwnedVector {
  std::size_t owner = 0;  ///< position of the asset or of the frame
  std::span<const float> vector;
};

/// An asset seen in a frame, by the pair of their vectors that is most alike.
struct Match {
  std::size_t frame = 0;
  std::size_t asset = 0;
  std::size_t view = 0;     ///< position of the frame's vector in the list that was matched
  std::size_t picture = 0;  ///< and of the asset's
  double score = 0;
  std::optional<double> margin;  ///< to the best other asset in that frame; nothing where there is no other
};

/// From which score, and how far before the next best asset, an asset counts as seen. Equal counts.
struct MatchRule {
  std::vector<double> thresholds;  ///< per asset
  double least_margin = -2;        ///< -2, the least there can be, asks for nothing
};

/// The assets that are looked for, ready to be compared with any number of frames.
///
/// Note on exactness. All pairs are first compared in float by a blocked matrix product (score_kernel.hpp), whose error
/// is bounded; each pair that the bound leaves in doubt, for a threshold or for a best, is compared again by cosine().
/// So the result is that of cosine() over all pairs, to the bit, whatever the processor.
class AssetMatcher {
 public:
  /// @param pictures  vectors of `dim` numbers, which must outlive the matcher; those of another width or with a number
  ///                  that is not finite are ignored
  AssetMatcher(std::size_t dim, std::span<const OwnedVector> pictures, std::size_t assets);
  ~AssetMatcher();
  AssetMatcher(const AssetMatcher&) = delete;
  AssetMatcher& operator=(const AssetMatcher&) = delete;

  /// Every frame against every asset, by frame, then score, best first, then asset. Of equally good views and pictures
  /// the first one counts. Memory grows with the number of assets and of matches, not with that of frames.
  /// @param views    by ascending owner; vectors of another width are ignored
  /// @param threads  0: one per processor
  std::vector<Match> match(std::span<const OwnedVector> views, const MatchRule& rule, int threads = 1) const;

  /// The best cosine of each asset with any of the views; -infinity for an asset or a list without vectors.
  std::vector<double> best_scores(std::span<const OwnedVector> views) const;

 private:
  struct Packed;
  class BlockScores;
  class BlockMatcher;
  std::size_t m_dim;
  std::size_t m_assets;
  std::vector<OwnedVector> m_pictures;   // that count
  std::vector<std::size_t> m_positions;  // of each of them in the list that was given
  std::unique_ptr<Packed> m_packed;
};

}  // namespace vidcv
