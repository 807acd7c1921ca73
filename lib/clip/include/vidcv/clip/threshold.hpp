#pragma once

#include <vidcv/clip/model.hpp>
#include <vidcv/core/config.hpp>

#include <string>

namespace vidcv {

/// A threshold, and where it comes from: as Config::origin() says it, or `model`.
struct ThresholdInForce {
  double value = 0;
  std::string origin = {};
};

/// From which cosine a frame shows an asset that has no threshold of its own: that of an option or variable, else the
/// one that the configuration has for this model, else the one that it has for all, else the model's own.
ThresholdInForce threshold_in_force(const Config& config, const ModelDescription& model);

}  // namespace vidcv
