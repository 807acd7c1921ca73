#pragma once

#include <vidcv/store/database.hpp>

namespace vidcv {

/// Within each transaction that writes or removes vectors of frames or regions: vectors_generation() rises.
void note_vectors_changed(Database& database);

}  // namespace vidcv
