#include "packed_graph.hpp"

#include "attention_pattern.hpp"
#include "graph_edit.hpp"
#include "linear_layout.hpp"
#include "needed_rows.hpp"
#include "patch_pattern.hpp"

#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/constant_propagation.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/freeze_module.h>
#include <torch/csrc/jit/passes/frozen_conv_folding.h>
#include <torch/csrc/jit/passes/remove_mutation.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace vidcv {
namespace {

at::Tensor joined(const std::vector<Node*>& linears, std::size_t input)
{
  std::vector<at::Tensor> parts;
  for (const Node* linear : linears) { parts.push_back(constant_tensor(linear->input(input)).value()); }
  return at::cat(parts);
}

/// One layer in the place of several that have the same input; each gets its columns of the result.
void join(const std::vector<Node*>& linears)
{
  Node* first = linears.front();
  Graph& graph = *first->owningGraph();
  std::vector<std::int64_t> widths;
  for (const Node* linear : linears) { widths.push_back(constant_tensor(linear->input(k_weight))->size(0)); }
  const at::Tensor weight = joined(linears, k_weight);
  const at::Tensor bias = joined(linears, k_bias);
  const torch::jit::WithInsertPoint here(first);
  Value* all = graph.insert(at::aten::linear, {first->input(k_input), weight, bias});
  std::vector<Value*> parts;
  std::int64_t begin = 0;
  for (const std::int64_t width : widths) {
    parts.push_back(graph.insert(at::aten::slice, {all, -1, begin, begin + width, 1}));
    begin += width;
  }
  for (std::size_t i = 0; i < linears.size(); ++i) {
    const std::array<Value*, 2> constants = {linears[i]->input(k_weight), linears[i]->input(k_bias)};
    replace_node(linears[i], parts[i]);
    for (Value* constant : constants) {
      if (!constant->hasUses()) { constant->node()->destroy(); }
    }
  }
}

/// Queries, keys and values of an attention.
void join_linears(Graph& graph)
{
  std::map<const Value*, std::vector<Node*>> by_input;
  for (Node* node : graph.nodes()) {
    if (is_known_linear(node) && has_bias(node)) { by_input[node->input(k_input)].push_back(node); }
  }
  for (const auto& [input, linears] : by_input) {
    if (linears.size() > 1) { join(linears); }
  }
}

/// The number that a value is, a scalar or a tensor of one.
std::optional<double> number(const Value* value)
{
  const auto constant = torch::jit::toIValue(value);
  if (constant && constant->isDouble()) { return constant->toDouble(); }
  if (constant && constant->isTensor() && constant->toTensor().numel() == 1) {
    return constant->toTensor().item<double>();
  }
  return std::nullopt;
}

/// The slope c where `product` is h * sigmoid(c * h).
std::optional<double> slope_of(const Node* product, const Value* h)
{
  const Node* sigmoid = product->input(product->input(0) == h ? 1 : 0)->node();
  if (sigmoid->kind() != at::aten::sigmoid || sigmoid->output()->uses().size() != 1) { return std::nullopt; }
  const Node* scaled = sigmoid->input()->node();
  if (scaled->kind() != at::aten::mul) { return std::nullopt; }
  if (scaled->input(0) == h) { return number(scaled->input(1)); }
  return scaled->input(1) == h ? number(scaled->input(0)) : std::nullopt;
}

void scale_constant(Node* node, std::size_t input, double factor)
{
  replace_constant(node, input, constant_tensor(node->input(input)).value() * factor);
}

/// h * sigmoid(c * h) between two linear layers is SiLU(c * h) / c: c goes into the layer before it, 1 / c behind it.
void fold_activation(Node* first)
{
  Value* h = first->output();
  if (h->uses().size() != 2) { return; }
  for (const auto& use : h->uses()) {
    Node* product = use.user;
    if (product->kind() != at::aten::mul || product->output()->uses().size() != 1) { continue; }
    const auto slope = slope_of(product, h);
    Node* second = product->output()->uses()[0].user;
    if (!slope || *slope == 0 || !is_known_linear(second)) { continue; }
    scale_constant(first, k_weight, *slope);
    if (has_bias(first)) { scale_constant(first, k_bias, *slope); }
    scale_constant(second, k_weight, 1 / *slope);
    const torch::jit::WithInsertPoint here(product);
    replace_node(product, first->owningGraph()->insert(at::aten::silu, {h}));
    return;
  }
}

void fold_activations(Graph& graph)
{
  for (Node* node : graph.nodes()) {
    if (is_known_linear(node)) { fold_activation(node); }
  }
  torch::jit::EliminateDeadCode(graph.block());
}

bool has_convolution(const Graph& graph)
{
  return std::ranges::any_of(graph.nodes(), [](const Node* node) {
    return node->kind() == at::aten::_convolution || node->kind() == at::aten::conv2d;
  });
}

/// Whether the numbers of a picture are computed from its own by operators that sum them in one order, whatever is
/// computed beside them. Only what is known for it counts.
bool is_independent_of_batch(Graph& graph)
{
  static const std::set<c10::Symbol> known = {
      k_linear,          k_attention,      k_end_rows,           c10::prim::Constant, c10::prim::ListConstruct,
      at::aten::add,     at::aten::cat,    at::aten::contiguous, at::aten::embedding, at::aten::expand,
      at::aten::flatten, at::aten::im2col, at::aten::layer_norm, at::aten::permute,   at::aten::reshape,
      at::aten::select,  at::aten::size,   at::aten::slice,      at::aten::to,        at::aten::transpose,
      at::aten::view};
  return std::ranges::all_of(graph.nodes(), [](const Node* node) { return known.contains(node->kind()); });
}

/// Weights and all other constants in the type that the network computes in; those of convolutions, which have four
/// dimensions, with the channels of a place side by side.
void convert_constants(Graph& graph, c10::ScalarType type)
{
  for (Node* node : graph.nodes()) {
    const auto tensor = node->kind() == c10::prim::Constant ? constant_tensor(node->output()) : std::nullopt;
    if (!tensor || tensor->scalar_type() != at::kFloat) { continue; }
    const auto layout = tensor->dim() == 4 ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
    node->t_(c10::attr::value, tensor->to(type).contiguous(layout));
    node->output()->inferTypeFrom(node->t(c10::attr::value));
  }
}

/// Traces hold conversions of their input to the type of the weights that they were made with.
void convert_conversions(Graph& graph, c10::ScalarType type)
{
  for (Node* node : graph.nodes()) {
    if (node->kind() != at::aten::to || constant_int(node->input(1)) != static_cast<std::int64_t>(at::kFloat)) {
      continue;
    }
    const torch::jit::WithInsertPoint here(node);
    node->replaceInput(1, graph.insertConstant(static_cast<std::int64_t>(type)));
  }
}

}  // namespace

PackedNetwork packed(torch::jit::Module module, c10::ScalarType type, bool on_cpu)
{
  torch::jit::freeze_module_inplace(&module);
  auto graph = module.get_method("forward").graph();
  torch::jit::ConstantPropagation(graph);
  torch::jit::FoldFrozenConvBatchnorm(graph);
  torch::jit::RemoveTensorMutation(graph);  // or what is moved below would see other numbers
  if (on_cpu) { find_patches(*graph); }
  find_attention(*graph);
  keep_needed_rows(*graph);
  join_linears(*graph);
  fold_activations(*graph);
  convert_constants(*graph, type);
  convert_conversions(*graph, type);
  if (on_cpu) { lay_out_linears(*graph, type); }
  torch::jit::EliminateDeadCode(graph);
  return {std::move(module), has_convolution(*graph), is_independent_of_batch(*graph)};
}

}  // namespace vidcv
