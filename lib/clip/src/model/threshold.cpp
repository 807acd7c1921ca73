#include <vidcv/clip/threshold.hpp>

namespace vidcv {

ThresholdInForce threshold_in_force(const Config& config, const ModelDescription& model)
{
  const Setting& general = setting(Key::clip_similarity_threshold);
  const std::string& origin = config.origin(general.key);
  const double value = config.number(general.key);
  if (origin == general.option || origin == general.variable()) { return {value, origin}; }
  const auto& named = config.thresholds().named;
  for (const std::string& name : {model.fingerprint, model.name}) {
    const auto own = named.find("thresholds.models." + name);
    if (own != named.end()) { return {own->second.first, own->second.second}; }
  }
  return origin == "default" ? ThresholdInForce{model.match_threshold, "model"} : ThresholdInForce{value, origin};
}

}  // namespace vidcv
