#pragma once

#include <torch/csrc/jit/ir/ir.h>

namespace vidcv {

/// Gives the known linear layers the layout in which the CPU multiplies them fastest, and makes the activation behind
/// a layer part of it: panels of vidcv::linear, or where oneDNN has instructions that our kernels lack (AMX) and in
/// bfloat16 on processors without AVX512-BF16, the layout of oneDNN. Weights are freed one by one as they are packed.
/// @param type  of the weights, kFloat or kBFloat16
void lay_out_linears(torch::jit::Graph& graph, c10::ScalarType type);

}  // namespace vidcv
