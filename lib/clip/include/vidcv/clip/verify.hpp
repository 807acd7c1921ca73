#pragma once

#include <vidcv/clip/encoder.hpp>
#include <vidcv/clip/model.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace vidcv {

/// The fingerprints that a model file's weights and description have, recomputed.
struct ModelFingerprints {
  std::string vision;
  std::string text;  ///< empty where there is no text tower
};

/// @throws ModelError if the file cannot be loaded
ModelFingerprints compute_fingerprints(const std::filesystem::path& model_file, const ModelDescription& model);

/// How near a model's vectors are to reference vectors.
struct Agreement {
  std::int64_t pictures = 0;
  std::int64_t texts = 0;
  double least_cosine = 1;
  double largest_difference = 0;  ///< of two numbers in the same place
  std::string made_by = {};       ///< the name in the reference file

  /// From which cosine on the vectors of a precision agree.
  static double bound(std::string_view precision) { return precision == "fp32" ? 0.999999 : 0.999; }
};

/// Embeds the pictures and texts of a file that scripts/make_reference.py made, and compares.
/// @throws ModelError if the file is no such file, or of another model
Agreement compare_with_reference(const std::filesystem::path& reference, const std::filesystem::path& model_file,
                                 const EncoderOptions& options);

}  // namespace vidcv
