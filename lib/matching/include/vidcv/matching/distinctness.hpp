#pragma once

#include <vector>

namespace vidcv {

/// Note on distinctness. A cosine has no meaning of its own: unrelated pictures have 0.25 under one network, 0.6 under
/// another, and title cards 0.9 under each. So a score is set against the impostors of its asset: pictures known to
/// show something else. Their level is the mean of the three most alike, as in the top-norm of speaker verification
/// (Matějka et al., "Analysis of score normalization in multilingual speaker recognition", Interspeech 2017), and
///
///     distinctness = (score - level) / (1 - level)
///
/// is the share of the way from there to the same picture: 0 for as alike as impostors are, 1 for identical. A standard
/// deviation, by which top-norm divides, would be that of three numbers.

/// The level of an asset from its scores with impostors; -1 without any.
double impostor_level(std::vector<double> scores);

/// At most 1. A score below the level is negative.
double distinctness(double score, double level) noexcept;

/// The score that has this distinctness.
double score_at(double distinctness, double level) noexcept;

}  // namespace vidcv
