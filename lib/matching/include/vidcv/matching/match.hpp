#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace vidcv {

/// The cosine of two unit vectors of one width, summed as double in index order.
double cosine(std::span<const float> a, std::span<const float> b) noexcept;

/// An asset seen in a frame. Both are positions in the lists that were matched.
struct Match {
  std::size_t frame = 0;
  std::size_t asset = 0;
  double score = 0;
  std::optional<double> margin;  ///< to the best other asset in that frame; nothing where there is no other
};

/// Every frame against every asset: those whose score is at least `threshold` (equal counts), by frame, then score,
/// best first. An empty vector, of a blank frame or an asset without a picture, matches nothing and is nobody's second
/// best.
/// @param frames, assets  unit vectors of one model
std::vector<Match> match_frames(std::span<const std::span<const float>> frames,
                                std::span<const std::span<const float>> assets, double threshold);

}  // namespace vidcv
