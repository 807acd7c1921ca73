#pragma once

#include <torch/csrc/jit/ir/ir.h>

namespace vidcv {

/// Where a network goes on with one token of [n, tokens, width], the first or the last, what is computed row by row
/// before that is computed for this row and its neighbour alone: of a transformer's last layer all but the keys and
/// values. (Two rows, as the kernels of others sum a single row in another order.) Other networks stay as they are.
void keep_needed_rows(torch::jit::Graph& graph);

}  // namespace vidcv
