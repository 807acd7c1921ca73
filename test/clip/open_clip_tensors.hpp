#pragma once

#include "weights/open_clip_shape.hpp"

#include <list>
#include <map>
#include <numeric>
#include <string>
#include <tuple>
#include <vector>

namespace vidcv::testing {

/// Tensors whose numbers are 0, 1, 2 and so on, kept alive.
class Tensors {
 public:
  void add(const std::string& name, const std::vector<std::int64_t>& shape)
  {
    const auto count = std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
    std::vector<float>& numbers = m_numbers.emplace_back(static_cast<std::size_t>(count));
    std::iota(numbers.begin(), numbers.end(), 0.0F);
    by_name[name] = {"F32", shape, std::as_bytes(std::span(numbers))};
  }

  std::map<std::string, StoredTensor> by_name = {};

 private:
  std::list<std::vector<float>> m_numbers;
};

/// A vision tower of two by two patches of two pixels, one layer, and an inner width of `inner`.
inline Tensors open_clip_vision(int width = 64, int inner = 8)
{
  Tensors tensors;
  const std::string block = "visual.transformer.resblocks.0.";
  tensors.add("visual.class_embedding", {width});
  tensors.add("visual.conv1.weight", {width, 3, 2, 2});
  tensors.add("visual.positional_embedding", {5, width});
  tensors.add("visual.proj", {width, 2});
  for (const char* norm : {"visual.ln_pre", "visual.ln_post"}) {
    tensors.add(norm + std::string(".weight"), {width});
    tensors.add(norm + std::string(".bias"), {width});
  }
  tensors.add(block + "attn.in_proj_weight", {3 * width, width});
  tensors.add(block + "attn.in_proj_bias", {3 * width});
  for (const auto& [name, out, in] : std::vector<std::tuple<std::string, int, int>>{
           {"attn.out_proj", width, width}, {"mlp.c_fc", inner, width}, {"mlp.c_proj", width, inner}}) {
    tensors.add(block + name + ".weight", {out, in});
    tensors.add(block + name + ".bias", {out});
  }
  for (const char* norm : {"ln_1", "ln_2"}) {
    tensors.add(block + norm + ".weight", {width});
    tensors.add(block + norm + ".bias", {width});
  }
  return tensors;
}

}  // namespace vidcv::testing
