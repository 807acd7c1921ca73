#include "fuzz_input.hpp"

#include <vidcv/core/config.hpp>
#include <vidcv/core/error.hpp>

// Whatever the file is: settings within their ranges, or a UsageError. The first byte says whether it is trusted.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  namespace fuzz = vidcv::fuzz;
  static const fuzz::Folder folder;
  if (size == 0) { return 0; }
  const auto file = folder.write("c.toml", fuzz::text_of(data + 1, size - 1));
  vidcv::Config config;
  try {
    config.merge_file(file, data[0] % 2 == 0);
  } catch (const vidcv::UsageError&) {
  }
  for (const vidcv::Setting& which : vidcv::settings()) {
    config.literal(which.key);
    if (std::holds_alternative<double>(which.fallback)) {
      fuzz::require(config.number(which.key) >= which.low && config.number(which.key) <= which.high);
    }
  }
  return 0;
}
