#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace vidcv {

/// How many scores lie in [from, to); the last bin has its end as well.
struct ScoreBin {
  double from = 0;
  double to = 0;
  std::size_t pairs = 0;  ///< of an asset and a clip
  std::size_t same = 0;   ///< of a picture and the other pictures of its asset
  std::size_t other = 0;  ///< of such a picture and the pictures of other assets
};

/// The threshold that separates matches from the rest, as far as scores show it.
struct Calibration {
  std::vector<ScoreBin> histogram;  ///< without the empty bins at its ends
  std::optional<double> threshold;  ///< nothing if the scores do not show one
  /// What it was taken from: `leave-one-out`, or `two groups` of pairs; `none`.
  std::string_view method = "none";
  /// leave-one-out: the mean of the shares that it takes rightly for the same and for others, 0.5 (chance) to 1.
  std::optional<double> accuracy;
};

/// With leave-one-out scores of both kinds the threshold is the one with the best balanced accuracy, in the middle of
/// the widest gap of those. Without them the pairs' scores are cut into the two groups that two normal distributions
/// describe best (Kittler and Illingworth, "Minimum error thresholding", 1986), if that describes them clearly better
/// than one.
/// @param pairs  the best score of each asset in each clip
/// @param same   of assets with several pictures, the best score of each picture with the others
/// @param other  of the same pictures, the best score with each other asset
Calibration calibrate(std::span<const double> pairs, std::span<const double> same, std::span<const double> other);

}  // namespace vidcv
