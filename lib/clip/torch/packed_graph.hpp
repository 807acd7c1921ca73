#pragma once

#include <torch/script.h>

namespace vidcv {

/// A network that is ready to run.
struct PackedNetwork {
  torch::jit::Module module;
  bool channels_last = false;      ///< it convolves, and likes pictures with the channels of a pixel side by side
  bool same_in_any_batch = false;  ///< a picture's bits are the same in any batch, with any number of threads
};

/// The same network as its device likes it: weights are constants, batch norms part of the convolutions before them,
/// linear layers of one input one, patches rows of a linear layer, QuickGELU a SiLU of scaled weights, attention one
/// operator, and the last layer is computed for the token that is used; on the CPU linear layers are laid out for our
/// kernels or oneDNN's, with the activation behind them. What is not recognised stays as it is. The weights of `module`
/// are freed one by one as they are packed, so it can no longer be used.
/// @param type  kFloat, kBFloat16 or kHalf, in which the network computes; its result is that too
PackedNetwork packed(torch::jit::Module module, c10::ScalarType type, bool on_cpu);

}  // namespace vidcv
