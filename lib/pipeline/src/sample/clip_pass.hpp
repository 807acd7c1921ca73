#pragma once

#include <vidcv/pipeline/sample_clip.hpp>

#include <optional>
#include <string>

namespace vidcv {

/// What earlier passes over a clip have shown.
struct PassRules {
  bool one_thread = false;  ///< frame threads patch damage differently on each run: only what one thread gives counts
  std::string full_decode_reason = {};  ///< keyframes do not decode alone
};

struct PassResult {
  SampledClip clip;
  std::optional<PassRules> rules;  ///< for another pass; nothing where this one counts
};

/// One pass over a clip.
/// @throws MediaError, which does not name the file if it is of a single picture
PassResult pass_over(const std::filesystem::path& file, const SampleOptions& options, const PassRules& rules);

}  // namespace vidcv
