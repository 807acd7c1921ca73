#include "patch_pattern.hpp"

#include "graph_edit.hpp"

#include <torch/csrc/jit/passes/dead_code_elimination.h>

#include <algorithm>
#include <vector>

namespace vidcv {
namespace {

bool is_list_of(const Value* value, std::int64_t first, std::int64_t second)
{
  const auto constant = torch::jit::toIValue(value);
  return constant && constant->isIntList() && constant->toIntVector() == std::vector<std::int64_t>{first, second};
}

bool is_false(const Value* value)
{
  const auto constant = torch::jit::toIValue(value);
  return constant && constant->isBool() && !constant->toBool();
}

bool is_convolution(const Node* node)
{
  return node->kind() == at::aten::_convolution || node->kind() == at::aten::conv2d;
}

/// conv2d(x, weight, bias, stride, padding, dilation, groups) over patches side by side, or
/// _convolution(..., dilation, transposed, output padding, groups, ...).
bool takes_patches(const Node* node)
{
  const auto weight = constant_tensor(node->input(1));
  const bool is_old = node->kind() == at::aten::_convolution;
  return weight && weight->dim() == 4 && torch::jit::toIValue(node->input(2)) &&
         is_list_of(node->input(3), weight->size(2), weight->size(3)) && is_list_of(node->input(4), 0, 0) &&
         is_list_of(node->input(5), 1, 1) && (!is_old || is_false(node->input(6))) &&
         constant_int(node->input(is_old ? 8 : 6)) == 1;
}

/// The one node that uses a value.
Node* only_user(const Node* node)
{
  const auto& uses = node->output()->uses();
  return uses.size() == 1 ? uses.front().user : nullptr;
}

/// [n, width, rows, columns] to [n, rows * columns, width]: flatten(2), then transpose(1, 2).
Node* end_of(const Node* convolution)
{
  const Node* flatten = only_user(convolution);
  if (flatten == nullptr || flatten->kind() != at::aten::flatten) { return nullptr; }
  const auto last = constant_int(flatten->input(2));
  if (constant_int(flatten->input(1)) != 2 || (last != -1 && last != 3)) { return nullptr; }
  Node* transpose = only_user(flatten);
  const bool swaps = transpose != nullptr && transpose->kind() == at::aten::transpose &&
                     constant_int(transpose->input(1)) == 1 && constant_int(transpose->input(2)) == 2;
  return swaps ? transpose : nullptr;
}

void replace_patches(Node* convolution)
{
  Node* end = end_of(convolution);
  if (!takes_patches(convolution) || end == nullptr) { return; }
  const at::Tensor weight = constant_tensor(convolution->input(1)).value();
  Graph& graph = *convolution->owningGraph();
  const torch::jit::WithInsertPoint here(convolution);
  const std::vector<std::int64_t> size = {weight.size(2), weight.size(3)};
  const std::vector<std::int64_t> none = {0, 0};
  const std::vector<std::int64_t> one = {1, 1};
  Value* columns = graph.insert(at::aten::im2col, {convolution->input(0), size, one, none, size});
  Value* rows = graph.insert(at::aten::transpose, {columns, 1, 2});
  Value* tokens = graph.insert(at::aten::linear, {rows, weight.flatten(1), convolution->input(2)});
  end->output()->replaceAllUsesWith(tokens);
}

}  // namespace

void find_patches(Graph& graph)
{
  std::vector<Node*> convolutions;
  for (Node* node : graph.nodes()) {
    if (is_convolution(node)) { convolutions.push_back(node); }
  }
  std::ranges::for_each(convolutions, replace_patches);
  torch::jit::EliminateDeadCode(graph.block());
}

}  // namespace vidcv
