#pragma once

#include <vidcv/detections/detections.hpp>
#include <vidcv/pipeline/embed_store.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <vector>

namespace vidcv {

/// Which detections are to be in the database, and how their frames are read.
struct DetectionJob {
  std::vector<std::filesystem::path> files;  ///< that are examined; what is stored of them gets vectors of this model
  std::map<std::filesystem::path, std::vector<Detection>> by_file;  ///< all that is newly known of each
  DecodeOptions decode;
  RunLimits limits = {};
  std::int64_t model_id = 0;                      ///< 0: boxes and qualities without vectors
  std::function<void(const InputError&)> failed;  ///< a file, or a detection whose frame or box is not there
};

/// Looks at the frames of each file that its detections name, one pass over the file, and replaces what the database
/// has of detectors about it by box, quality and vector of each, one transaction per file. Files that were not sampled
/// are passed over, as are those whose detections and vectors the database has already.
/// @param encoder  null where model_id is 0
/// @throws ModelError, StoreError
RunTimes embed_detections(Database& database, const DetectionJob& job, LazyEncoder* encoder);

}  // namespace vidcv
