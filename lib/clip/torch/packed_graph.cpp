#include "packed_graph.hpp"

#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/constant_propagation.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/freeze_module.h>
#include <torch/csrc/jit/passes/frozen_conv_folding.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace vidcv {
namespace {

using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

constexpr std::size_t k_input = 0;  // of aten::linear
constexpr std::size_t k_weight = 1;
constexpr std::size_t k_bias = 2;

std::optional<at::Tensor> constant_tensor(const Value* value)
{
  const auto constant = torch::jit::toIValue(value);
  return constant && constant->isTensor() ? std::optional(constant->toTensor()) : std::nullopt;
}

/// A linear layer whose weight and bias are known.
bool is_known_linear(const Node* node)
{
  if (node->kind() != at::aten::linear) { return false; }
  const auto weight = constant_tensor(node->input(k_weight));
  const bool bias = node->input(k_bias)->mustBeNone() || constant_tensor(node->input(k_bias));
  return weight && weight->dim() == 2 && bias;
}

bool has_bias(const Node* linear)
{
  return !linear->input(k_bias)->mustBeNone();
}

/// A tensor in a layout of oneDNN's own is a constant of another kind.
Value* insert_constant(Graph& graph, const at::Tensor& tensor)
{
  if (!tensor.is_mkldnn()) { return graph.insertConstant(tensor); }
  Node* node = graph.insertNode(graph.create(c10::prim::ConstantMKLDNNTensor));
  node->t_(c10::attr::value, tensor);
  return node->output();
}

/// Puts a constant in the place of an input; the one before it goes, and its memory, where nobody else has it.
void replace_constant(Node* node, std::size_t input, const at::Tensor& tensor)
{
  Value* before = node->input(input);
  const torch::jit::WithInsertPoint here(node);
  node->replaceInput(input, insert_constant(*node->owningGraph(), tensor));
  if (!before->hasUses()) { before->node()->destroy(); }
}

void replace_node(Node* node, Value* by)
{
  node->output()->replaceAllUsesWith(by);
  node->destroy();
}

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

at::Tensor packed_weight(const at::Tensor& weight)
{
  static const auto reorder = c10::Dispatcher::singleton().findSchemaOrThrow("mkldnn::_reorder_linear_weight", "");
  torch::jit::Stack stack{weight, c10::IValue()};
  reorder.callBoxed(stack);
  return stack.back().toTensor();
}

/// What oneDNN does to the sums of a layer as it writes them.
struct Epilogue {
  const char* name = "none";
  const char* algorithm = "";
  Node* node = nullptr;  ///< that does it now
};

Epilogue epilogue_of(const Node* linear)
{
  if (linear->output()->uses().size() != 1) { return {}; }
  Node* user = linear->output()->uses()[0].user;
  if (user->kind() == at::aten::silu) { return {"swish", "", user}; }
  if (user->kind() == at::aten::relu) { return {"relu", "", user}; }
  const auto approximation = user->kind() == at::aten::gelu ? torch::jit::toIValue(user->input(1)) : std::nullopt;
  if (approximation && approximation->isString() && approximation->toStringRef() == "none") {
    return {"gelu", "none", user};
  }
  return {};
}

void pack(Node* linear)
{
  Graph& graph = *linear->owningGraph();
  const Epilogue epilogue = epilogue_of(linear);
  replace_constant(linear, k_weight, packed_weight(constant_tensor(linear->input(k_weight)).value()));
  const torch::jit::WithInsertPoint here(linear);
  const auto no_scalar = c10::OptionalType::create(c10::NumberType::get());
  Value* scalars = graph.insertNode(graph.createList(no_scalar, {}))->output();
  Node* fused = graph.insertNode(
      graph.create(c10::Symbol::fromQualString("mkldnn::_linear_pointwise"),
                   {linear->input(k_input), linear->input(k_weight), linear->input(k_bias),
                    graph.insertConstant(epilogue.name), scalars, graph.insertConstant(epilogue.algorithm)}));
  fused->output()->setType(c10::TensorType::get());
  if (epilogue.node != nullptr) { replace_node(epilogue.node, fused->output()); }
  replace_node(linear, fused->output());
}

void pack_linears(Graph& graph)
{
  std::vector<Node*> linears;
  for (Node* node : graph.nodes()) {
    if (is_known_linear(node)) { linears.push_back(node); }
  }
  for (Node* linear : linears) { pack(linear); }
}

bool has_convolution(const Graph& graph)
{
  return std::ranges::any_of(graph.nodes(), [](const Node* node) {
    return node->kind() == at::aten::_convolution || node->kind() == at::aten::conv2d;
  });
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

}  // namespace

PackedNetwork packed(torch::jit::Module module, c10::ScalarType type, bool on_cpu)
{
  torch::jit::freeze_module_inplace(&module);
  auto graph = module.get_method("forward").graph();
  torch::jit::ConstantPropagation(graph);
  torch::jit::FoldFrozenConvBatchnorm(graph);
  join_linears(*graph);
  fold_activations(*graph);
  convert_constants(*graph, type);
  if (on_cpu) { pack_linears(*graph); }
  torch::jit::EliminateDeadCode(graph);
  return {std::move(module), has_convolution(*graph)};
}

}  // namespace vidcv
