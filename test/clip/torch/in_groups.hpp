#pragma once

#include <vidcv/clip/encoder.hpp>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace vidcv::testing {

/// The vectors of all pictures, each of `size` numbers, given to the encoder in groups of `group`.
inline std::vector<Embedding> encode_in_groups(ImageEncoder& encoder, std::span<const float> pictures, std::size_t size,
                                               std::size_t group)
{
  std::vector<Embedding> all;
  while (!pictures.empty()) {
    const auto now = pictures.first(std::min(pictures.size(), group * size));
    for (Embedding& vector : encoder.encode(now)) { all.push_back(std::move(vector)); }
    pictures = pictures.subspan(now.size());
  }
  return all;
}

}  // namespace vidcv::testing
