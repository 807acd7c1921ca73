#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace vidcv {

/// A clip as its sampled frames that are not blank, in time, each a direction: vectors of unit length and one width.
struct Footage {
  std::vector<double> times_s = {};
  std::vector<std::span<const float>> vectors = {};
};

/// Where the time of one clip is in another.
struct TimeLine {
  double speed = 1;     ///< seconds of the other clip for a second of this one
  double offset_s = 0;  ///< of the other clip at this one's 0
  double at(double time_s) const noexcept { return speed * time_s + offset_s; }
};

/// A run of frames of one clip that show what a run of another clip's frames shows, in the same order.
struct SharedStretch {
  std::size_t first = 0;  ///< frame of the one clip
  std::size_t last = 0;
  std::size_t other_first = 0;  ///< frame of the other
  std::size_t other_last = 0;
  TimeLine line = {};
  double score = 0;  ///< mean cosine of each frame with the one that its time falls on
};

/// The stretches that two clips share, best first, none of which has a frame of the first clip twice. Speeds from half
/// to twice are tried. The best stretch is the one in which the cosines are most above `least_score` in sum, on the
/// best of the lines on which pairs of frames above it lie (a Hough transform by speed and offset, then the largest sum
/// of a run by Kadane). Single frames are a stretch only where both clips have no more.
std::vector<SharedStretch> shared_stretches(const Footage& one, const Footage& other, double least_score);

/// Two clips of which some frames are alike.
struct AlikeClips {
  std::size_t earlier = 0;  ///< positions in the list of clips
  std::size_t later = 0;
  double score = 0;  ///< the best cosine of a frame of the one with a frame of the other, or a little more
};

/// The pairs that can have a stretch in common, by the earlier clip, best first: all with a cosine of `least_score`,
/// and a few without. Of each later clip only frames that are unlike one another (0.9) are compared, of the earlier one
/// all.
/// @param threads  0: one per processor
std::vector<AlikeClips> alike_clips(std::span<const Footage> clips, double least_score, int threads);

}  // namespace vidcv
