#pragma once

#include <torch/csrc/jit/ir/ir.h>

namespace vidcv {

/// Makes a linear layer of a convolution whose stride is its size and whose places become tokens, as vision
/// transformers begin: each patch is a row of numbers that is multiplied once.
void find_patches(torch::jit::Graph& graph);

}  // namespace vidcv
