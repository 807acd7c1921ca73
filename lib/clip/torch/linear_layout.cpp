#include "linear_layout.hpp"

#include "encoder/device.hpp"
#include "graph_edit.hpp"
#include "kernels/linear_kernel.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <vector>

namespace vidcv {
namespace {

bool has_own_kernel(c10::ScalarType type)
{
  return type == at::kFloat || (has_bfloat16_kernel() && !has_amx_bf16());
}

/// The one user of a value; none where there are several.
Node* only_user(const Value* value)
{
  return value->uses().size() == 1 ? value->uses()[0].user : nullptr;
}

/// What is applied to the sums of a layer as they are written.
struct Epilogue {
  const char* name = "none";
  const char* algorithm = "";
  Node* node = nullptr;  ///< that does it now
};

Epilogue epilogue_of(const Node* linear)
{
  Node* user = only_user(linear->output());
  if (user == nullptr) { return {}; }
  if (user->kind() == at::aten::silu) { return {"swish", "", user}; }
  if (user->kind() == at::aten::relu) { return {"relu", "", user}; }
  const auto approximation = user->kind() == at::aten::gelu ? torch::jit::toIValue(user->input(1)) : std::nullopt;
  if (approximation && approximation->isString() && approximation->toStringRef() == "none") {
    return {"gelu", "none", user};
  }
  return {};
}

/// The sum of a layer and something computed, or none.
Node* sum_behind(const Node* node)
{
  Node* user = only_user(node->output());
  const bool is_sum = user != nullptr && user->kind() == at::aten::add && constant_int(user->input(2)) == 1 &&
                      !torch::jit::toIValue(user->input(0)) && !torch::jit::toIValue(user->input(1));
  return is_sum ? user : nullptr;
}

template <class Number>
at::Tensor panels_of(const at::Tensor& weight)
{
  const auto outputs = static_cast<std::size_t>(weight.size(0));
  const auto inputs = static_cast<std::size_t>(weight.size(1));
  const std::vector<std::int64_t> sizes = {static_cast<std::int64_t>(panel_count(outputs)),
                                           static_cast<std::int64_t>(padded_inputs<Number>(inputs)),
                                           static_cast<std::int64_t>(panel_columns())};
  const at::Tensor source = weight.contiguous();
  at::Tensor panels = at::empty(sizes, at::TensorOptions(weight.scalar_type()));
  const auto* from = static_cast<const Number*>(source.const_data_ptr());
  auto* to = static_cast<Number*>(panels.mutable_data_ptr());
  at::parallel_for(0, sizes[0], 1, [&](std::int64_t first, std::int64_t last) {
    for (auto panel = first; panel < last; ++panel) {
      pack_panel(from, outputs, inputs, static_cast<std::size_t>(panel), to + panel * sizes[1] * sizes[2]);
    }
  });
  return panels;
}

at::Tensor panel_bias(const Node* linear, std::int64_t columns)
{
  at::Tensor bias = at::zeros({columns}, at::kFloat);
  if (has_bias(linear)) {
    const at::Tensor own = constant_tensor(linear->input(k_bias)).value();
    bias.narrow(0, 0, own.size(0)).copy_(own);
  }
  return bias;
}

/// @param place  before which the layer is computed
Value* insert_own(Node* linear, const Epilogue& epilogue, Node* place, Value* residual)
{
  const at::Tensor weight = constant_tensor(linear->input(k_weight)).value();
  const at::Tensor panels =
      weight.scalar_type() == at::kFloat ? panels_of<float>(weight) : panels_of<BFloat16Bits>(weight);
  replace_constant(linear, k_weight, panels);
  Graph& graph = *linear->owningGraph();
  const torch::jit::WithInsertPoint here(place);
  Value* bias = graph.insertConstant(panel_bias(linear, panels.size(0) * panels.size(2)));
  Value* inputs = graph.insertConstant(weight.size(1));
  Value* outputs = graph.insertConstant(weight.size(0));
  Value* activation = graph.insertConstant(epilogue.name);
  if (residual == nullptr) { residual = graph.insertConstant(c10::IValue()); }
  return insert_operator(
      place, k_linear, {linear->input(k_input), linear->input(k_weight), bias, inputs, outputs, activation, residual});
}

at::Tensor in_layout_of_onednn(const at::Tensor& weight)
{
  static const auto reorder = c10::Dispatcher::singleton().findSchemaOrThrow("mkldnn::_reorder_linear_weight", "");
  torch::jit::Stack stack{weight, c10::IValue()};
  reorder.callBoxed(stack);
  return stack.back().toTensor();
}

Value* insert_onednn(Node* linear, const Epilogue& epilogue)
{
  Graph& graph = *linear->owningGraph();
  replace_constant(linear, k_weight, in_layout_of_onednn(constant_tensor(linear->input(k_weight)).value()));
  const torch::jit::WithInsertPoint here(linear);
  const auto no_scalar = c10::OptionalType::create(c10::NumberType::get());
  Value* scalars = graph.insertNode(graph.createList(no_scalar, {}))->output();
  Value* name = graph.insertConstant(epilogue.name);
  Value* algorithm = graph.insertConstant(epilogue.algorithm);
  return insert_operator(
      linear, c10::Symbol::fromQualString("mkldnn::_linear_pointwise"),
      {linear->input(k_input), linear->input(k_weight), linear->input(k_bias), name, scalars, algorithm});
}

void lay_out_own(Node* linear)
{
  const Epilogue epilogue = epilogue_of(linear);
  std::vector<Node*> replaced = {linear};
  if (epilogue.node != nullptr) { replaced.push_back(epilogue.node); }
  Value* residual = nullptr;
  if (Node* sum = sum_behind(replaced.back())) {
    residual = sum->input(sum->input(0) == replaced.back()->output() ? 1 : 0);
    replaced.push_back(sum);
  }
  Value* fused = insert_own(linear, epilogue, replaced.back(), residual);
  replaced.back()->output()->replaceAllUsesWith(fused);
  for (; !replaced.empty(); replaced.pop_back()) { replaced.back()->destroy(); }
}

void lay_out_onednn(Node* linear)
{
  const Epilogue epilogue = epilogue_of(linear);
  Value* fused = insert_onednn(linear, epilogue);
  if (epilogue.node != nullptr) { replace_node(epilogue.node, fused); }
  replace_node(linear, fused);
}

}  // namespace

void lay_out_linears(Graph& graph, c10::ScalarType type)
{
  std::vector<Node*> linears;
  for (Node* node : graph.nodes()) {
    if (is_known_linear(node)) { linears.push_back(node); }
  }
  for (Node* linear : linears) { has_own_kernel(type) ? lay_out_own(linear) : lay_out_onednn(linear); }
}

}  // namespace vidcv
