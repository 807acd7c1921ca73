#include "graph_edit.hpp"

namespace vidcv {

std::optional<at::Tensor> constant_tensor(const Value* value)
{
  const auto constant = torch::jit::toIValue(value);
  return constant && constant->isTensor() ? std::optional(constant->toTensor()) : std::nullopt;
}

std::optional<std::int64_t> constant_int(const Value* value)
{
  const auto constant = torch::jit::toIValue(value);
  return constant && constant->isInt() ? std::optional(constant->toInt()) : std::nullopt;
}

bool is_known_linear(const Node* node)
{
  if (node->kind() != at::aten::linear) { return false; }
  const auto weight = constant_tensor(node->input(k_weight));
  if (!weight || weight->dim() != 2) { return false; }
  if (!has_bias(node)) { return true; }
  const auto bias = constant_tensor(node->input(k_bias));
  return bias && bias->dim() == 1 && bias->size(0) == weight->size(0);
}

bool has_bias(const Node* linear)
{
  return !linear->input(k_bias)->mustBeNone();
}

Value* insert_constant(Graph& graph, const at::Tensor& tensor)
{
  if (!tensor.is_mkldnn()) { return graph.insertConstant(tensor); }
  Node* node = graph.insertNode(graph.create(c10::prim::ConstantMKLDNNTensor));
  node->t_(c10::attr::value, tensor);
  return node->output();
}

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

Value* insert_operator(Node* place, c10::Symbol kind, at::ArrayRef<Value*> inputs)
{
  const torch::jit::WithInsertPoint here(place);
  Node* node = place->owningGraph()->insertNode(place->owningGraph()->create(kind, inputs));
  node->output()->setType(c10::TensorType::get());
  return node->output();
}

}  // namespace vidcv
