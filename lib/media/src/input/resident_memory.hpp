#pragma once

#include <cstdint>

namespace vidcv {

/// Memory that this process has, in bytes; zeros where the system does not tell.
struct UsedMemory {
  std::int64_t address_space = 0;
  std::int64_t resident = 0;
};
/// Opens what it needs at the first call, and nothing later on.
UsedMemory used_memory();

}  // namespace vidcv
