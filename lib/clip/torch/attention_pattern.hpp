#pragma once

#include <torch/csrc/jit/ir/ir.h>

namespace vidcv {

/// Attention between [n, tokens, heads * width] becomes vidcv::attention: scaled_dot_product_attention and the views
/// that part the heads before it and join them behind. Attention with a mask, a scale of its own or other views stays.
void find_attention(torch::jit::Graph& graph);

}  // namespace vidcv
