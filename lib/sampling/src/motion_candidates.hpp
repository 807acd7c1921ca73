#pragma once

#include <vidcv/sampling/frame_picker.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace vidcv {

/// Motion frames that may be kept beside base frames. Blank and blurred frames and near-duplicates are rejected; of the
/// two frames nearest to each other in time the weaker is dropped, so at most twice the budget is held.
class MotionCandidates {
 public:
  /// @param room   frames to keep, base frames included
  MotionCandidates(double motion_threshold, std::size_t room, const PickerHooks& hooks)
      : m_threshold(motion_threshold), m_room(room), m_hooks(hooks)
  {
  }

  /// Takes the frame in if its motion ratio is above the threshold and nothing speaks against it.
  void consider(const FrameFacts& frame);
  bool holds(std::int64_t number) const;
  /// The frame is kept otherwise.
  void forget(std::int64_t number);

  /// Adds to base frames as many candidates as there is room for, in presentation order, and forgets the others.
  std::vector<Pick> completed(std::vector<Pick> bases);

  /// Reports a frame that is not kept.
  void reject(const FrameFacts& frame, const std::string& why) const;

 private:
  struct Candidate {
    FrameFacts facts;
    FrameStats stats;
  };

  bool repeats_one_of(const std::vector<Pick>& picks, const Candidate& candidate) const;
  void drop_one(const std::vector<Pick>& bases);

  double m_threshold;
  std::size_t m_room;
  PickerHooks m_hooks;
  std::vector<Candidate> m_candidates;  // in presentation order
};

}  // namespace vidcv
