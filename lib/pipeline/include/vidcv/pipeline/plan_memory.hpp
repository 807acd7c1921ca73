#pragma once

#include <vidcv/pipeline/sample_clip.hpp>

#include <optional>
#include <string>

namespace vidcv {

/// The sampling settings that a run names, by an option, a variable or a configuration file. What it does not say a
/// clip keeps from the run before.
struct NamedRules {
  bool plan = true;  ///< which frames are kept
  bool exif = true;
  bool alpha = true;
};

/// The options that describe() gave this text; nothing for a text that it does not give, such as one of another
/// version.
std::optional<SampleOptions> parse_plan(const std::string& text);

/// The run's options, except for what it does not name and the clip was sampled by before.
/// @param before  the clip's plan in the ledger; empty for a clip that was not sampled yet
SampleOptions options_for(const SampleOptions& run, const NamedRules& named, const std::string& before);

/// The rules by which the pictures of a file in the ledger were read, which turn them and so move what is in them; or
/// else `usual`.
PictureRules picture_rules(const std::string& plan, const PictureRules& usual);

}  // namespace vidcv
