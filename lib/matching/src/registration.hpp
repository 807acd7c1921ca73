#pragma once

#include "thumbnails.hpp"

#include <vector>

namespace vidcv {

/// How the pictures of two clips are laid upon each other.
struct Registration {
  View one = {};
  View other = {};
  bool mirrored = false;
  double score = -1;  ///< mean correlation
};

/// The best of: the whole of both, or of one of them a part of 0.95 to 0.8 of its sides, and each of that mirrored.
/// @param ones, others  thumbnails that show the same moments
Registration best_registration(const std::vector<Thumbnail>& ones, const std::vector<Thumbnail>& others);

}  // namespace vidcv
