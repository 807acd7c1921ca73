#pragma once

#include "upkeep/merge_source.hpp"

namespace vidcv {

/// Copies what was found in a file from one database to another. Rows that both have are joined; of a vector that two
/// machines computed differently the greater bytes stay.
class FrameMerge {
 public:
  FrameMerge(Database& into, Database& from, const IdMap& models);

  /// @returns how many vectors were added
  std::int64_t copy(std::int64_t from_media, std::int64_t into_media);

 private:
  std::int64_t model_of(std::int64_t from_model) const;
  std::int64_t frame_at(std::int64_t media_id, Statement& row);
  void copy_detections(std::int64_t from_media, std::int64_t into_media);
  void copy_set(std::int64_t from_media, std::int64_t into_media);

  std::filesystem::path m_from;
  const IdMap& m_models;
  MergeRows m_frames;
  MergeRows m_vectors;
  MergeRows m_regions;
  MergeRows m_sets;
  MergeRows m_detections;
  MergeRows m_detection_vectors;
  Statement m_known_set;
  Statement m_remove_set;
  Statement m_put_set;
  Statement m_put_frame;
  Statement m_has_vector;
  Statement m_put_vector;
  Statement m_put_region;
  Statement m_put_detection;
  Statement m_put_detection_vector;
};

}  // namespace vidcv
