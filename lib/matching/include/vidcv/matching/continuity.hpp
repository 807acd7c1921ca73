#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace vidcv {

/// An unbroken run of neighbouring sampled frames that show an asset, as the times of its first and last frame.
struct Interval {
  std::size_t first = 0;  ///< index of the first sampled frame
  std::size_t last = 0;   ///< and of the last one
  double from_s = 0;
  double to_s = 0;
};

/// How far apart neighbours may lie and still belong to one run: 4 s, or twice the clip's usual (median) step. Beyond
/// it nobody knows what happened between them.
/// @param times_s  of the sampled frames, ascending
double longest_step(std::span<const double> times_s);

/// The runs in which an asset is seen.
/// @param times_s         of the frames that were examined, ascending
/// @param seen            per frame, whether it shows the asset
/// @param longest_step_s  see longest_step()
std::vector<Interval> intervals_of(std::span<const double> times_s, const std::vector<bool>& seen,
                                   double longest_step_s);

/// How alike consecutive frames are: the mean cosine of neighbours among the frames that have a vector, not below 0;
/// nothing with fewer than two.
/// @param frames  unit vectors of one model in presentation order; empty for blank frames
std::optional<double> steadiness(std::span<const std::span<const float>> frames);

/// From 0 to 10: the mean of the frames' quality and of 10 x steadiness; where only one of the two is known, that one.
/// @param quality     the mean quality of the frames, 0 to 10
/// @param steadiness  0 to 1
std::optional<double> visual_quality(std::optional<double> quality, std::optional<double> steadiness);

/// From 0 to 10: the mean of adherence (10 x the share of the expected assets that were seen) and visual quality; where
/// only one of the two is known, that one.
/// @param expected  assets that the scene is to show; 0 where nothing is expected
/// @param seen      how many of these were seen
/// @param visual    0 to 10, as in visual_quality()
std::optional<double> continuity_score(std::size_t expected, std::size_t seen, std::optional<double> visual);

}  // namespace vidcv
