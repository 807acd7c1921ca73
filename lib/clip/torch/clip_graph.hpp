#pragma once

#include "weights/clip_weights.hpp"

#include <torch/script.h>

namespace vidcv {

/// The vision tower as TorchScript: float32 [n, 3, S, S] to [n, dim], its weights under transformers' names. It is
/// written in operators of PyTorch alone and knows nothing of any device: what a processor likes better is put in its
/// place on loading.
torch::jit::Module vision_graph(const ClipShape& shape, const std::vector<Weight>& weights);

/// The text tower: int64 ids [n, t] that end with the end of the text, to [n, dim].
torch::jit::Module text_graph(const ClipShape& shape, const std::vector<Weight>& weights);

}  // namespace vidcv
