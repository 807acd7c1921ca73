#pragma once

#include <vidcv/core/embedding.hpp>
#include <vidcv/core/image.hpp>
#include <vidcv/store/database.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vidcv {

/// A model of which the database has vectors of frames.
struct StoredModel {
  std::int64_t id = 0;
  std::string fingerprint;
  std::string name;
  std::string precision;
  int dim = 0;
};

/// By the name or the first digits of the fingerprint; all of them for an empty text.
std::vector<StoredModel> models_with_vectors(Database& database, const std::string& name = {});

/// How often vectors of frames and regions were written or removed.
std::int64_t vectors_generation(Database& database);

/// The vector of a frame that is not blank, or of one of its regions.
struct VectorRow {
  std::int64_t frame_id = 0;
  std::int64_t region_id = 0;  ///< 0: the whole frame
  std::int64_t media_id = 0;
  double timestamp_s = 0;
  std::span<const float> vector;  ///< until the next row
};

/// All vectors of a model by file, frame and region. Damaged ones are left out.
/// @returns how many were left out
std::int64_t each_vector(Database& database, std::int64_t model_id, const std::function<void(const VectorRow&)>& row);

class Statement;

/// The vectors of single frames and regions.
class VectorReader {
 public:
  VectorReader(Database& database, std::int64_t model_id);
  ~VectorReader();
  VectorReader(const VectorReader&) = delete;
  VectorReader& operator=(const VectorReader&) = delete;

  /// Empty where there is none, or a damaged one.
  Embedding find(std::int64_t frame_id, std::int64_t region_id);

 private:
  std::unique_ptr<Statement> m_frame;
  std::unique_ptr<Statement> m_region;
  std::int64_t m_dim;
};

/// A sampled frame without its vector.
struct FramePlace {
  std::int64_t id = 0;
  std::int64_t number = 0;
  double timestamp_s = 0;
  bool blank = false;
};

/// The sampled frames of a file by number.
std::vector<FramePlace> frame_places_of(Database& database, std::int64_t media_id);

/// Every file, in no order.
void each_media(Database& database, const std::function<void(std::int64_t id, const std::string& path)>& media);

/// The path of a file, as FileStamp::path has it; empty where there is none.
std::string path_of_media(Database& database, std::int64_t media_id);
/// Nothing for an id of none.
std::optional<Box> box_of_region(Database& database, std::int64_t region_id);

}  // namespace vidcv
