#pragma once

#include <vidcv/pipeline/appear.hpp>

#include <map>
#include <string_view>
#include <tuple>

namespace vidcv {

/// A frame of a scene of which something was compared.
struct SceneFrame {
  std::int64_t number = 0;
  double time_s = 0;
  int index = 0;        ///< of the sampled frame that is on the screen, or the first one
  std::int64_t id = 0;  ///< in vidcv_frames; 0 for one that only detections are about
  bool is_sampled = true;
};

/// An asset seen in a frame by one source.
struct Sighting {
  std::size_t frame = 0;  ///< position in SceneMatches::frames()
  std::size_t asset = 0;
  std::string_view source;
  double confidence = 0;
  std::optional<double> margin = {};
  std::optional<double> distinctness = {};
  std::optional<Box> box = {};
  std::int64_t model_id = 0;  ///< whose vectors were compared; 0 for none
};

/// One scene while it is examined: its frames, the vectors that are compared, and what was seen.
class SceneMatches {
 public:
  SceneMatches(const std::vector<FrameRecord>& frames, const std::vector<DetectionRecord>& detections);

  const std::vector<SceneFrame>& frames() const noexcept { return m_frames; }
  /// Position of the frame of that number; nothing where it was not examined.
  std::optional<std::size_t> find_frame(std::int64_t number) const;
  /// Position of the frame that a detection is about.
  std::size_t frame_of(std::size_t detection) const { return m_frame_of.at(detection); }

  /// Vectors by frame: of the whole, of its regions, of its detections.
  const std::vector<OwnedVector>& views() const noexcept { return m_views; }
  /// What a view shows; nothing for the whole frame.
  const std::optional<Box>& box_of(std::size_t view) const { return m_boxes.at(view); }

  /// Of several sightings of an asset in a frame by one source the one of the highest confidence counts, the first of a
  /// tie.
  void add(const Sighting& sighting);
  /// One of an earlier run: it counts where there is none yet of the asset in the frame by the source.
  void add_kept(const Sighting& sighting)
  {
    m_seen.try_emplace({sighting.frame, sighting.asset, sighting.source}, sighting);
  }
  /// By frame, then confidence, best first.
  std::vector<Sighting> sightings() const;
  /// The runs in which an asset is seen. Frames that only detections are about break none.
  std::vector<TagInterval> intervals(std::size_t asset, const std::string& tag) const;

 private:
  void add_views(std::size_t frame, const FrameRecord& record);

  std::vector<SceneFrame> m_frames;
  std::vector<std::size_t> m_frame_of;
  std::vector<OwnedVector> m_views;
  std::vector<std::optional<Box>> m_boxes;
  std::map<std::tuple<std::size_t, std::size_t, std::string_view>, Sighting> m_seen;  // by frame, asset, source
};

}  // namespace vidcv
