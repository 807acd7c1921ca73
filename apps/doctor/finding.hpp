#pragma once

#include <vidcv/core/config.hpp>

#include <string>

namespace vidcv {

enum class Health { ok, warning, failure };

/// What a check found: how it is, and what to do about it.
struct Finding {
  Health health = Health::ok;
  std::string state;
  std::string remedy = {};  ///< empty: nothing is to be done
};

Finding processor_finding(const Config& config);
Finding torch_finding();
Finding decoders_finding();
Finding sandbox_finding(const Config& config);
Finding memory_finding(const Config& config);
Finding files_finding();
Finding database_finding(const std::string& file, const Config& config);

}  // namespace vidcv
