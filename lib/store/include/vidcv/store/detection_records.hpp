#pragma once

#include <vidcv/core/embedding.hpp>
#include <vidcv/core/image.hpp>
#include <vidcv/store/database.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vidcv {

/// One thing that a detector saw in a frame of a file, as in `vidcv_detections`.
struct DetectionRecord {
  std::int64_t frame_number = 0;  ///< need not be a sampled frame
  double timestamp_s = 0;
  Box box;                ///< pixels of the upright frame, not empty
  std::string label;      ///< the class, UTF-8
  double confidence = 0;  ///< the detector's, 0 to 1
  double quality = 0;     ///< 0 to 10
  Embedding face = {};    ///< unit length, of whatever model the detector has; empty for none
  Embedding embedding =
      {};  ///< of the picture in the box, under one model; empty where it has no content or was not asked for
};

/// The digest under which a file's detections were saved, if every one of them was examined with `model_id` (0: no
/// model is asked for).
std::optional<std::string> detection_digest(Database& database, std::int64_t media_id, std::int64_t model_id);

/// Replaces the detections of a file, as one transaction. If the stored digest is the same, only the vectors
/// of `model_id` are written, and those of other models stay.
/// @param model_id  of the vectors; 0 for none
/// @throws StoreError for a vector of another width, with a number that is not finite, or not of unit length
void save_detections(Database& database, std::int64_t media_id, const std::string& digest,
                     const std::vector<DetectionRecord>& detections, std::int64_t model_id);

/// The detections of a file, by frame and in the order in which they were read, with the vectors of `model_id`.
/// @throws InputError naming frame and file for a damaged vector
std::vector<DetectionRecord> detections_of(Database& database, std::int64_t media_id, std::int64_t model_id);

}  // namespace vidcv
