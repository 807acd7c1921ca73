#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <cstdint>
#include <optional>

namespace vidcv {

using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

constexpr std::size_t k_input = 0;  // of aten::linear
constexpr std::size_t k_weight = 1;
constexpr std::size_t k_bias = 2;

// The operators of operators.cpp.
inline const c10::Symbol k_linear = c10::Symbol::fromQualString("vidcv::linear");
inline const c10::Symbol k_attention = c10::Symbol::fromQualString("vidcv::attention");
inline const c10::Symbol k_end_rows = c10::Symbol::fromQualString("vidcv::end_rows");

std::optional<at::Tensor> constant_tensor(const Value* value);
std::optional<std::int64_t> constant_int(const Value* value);

/// A linear layer whose weight, [outputs, inputs], and bias, [outputs], are known.
bool is_known_linear(const Node* node);
bool has_bias(const Node* linear);

/// A tensor in a layout of oneDNN's own is a constant of another kind.
Value* insert_constant(Graph& graph, const at::Tensor& tensor);

/// Puts a constant in the place of an input; the one before it goes, and its memory, where nobody else has it.
void replace_constant(Node* node, std::size_t input, const at::Tensor& tensor);

void replace_node(Node* node, Value* by);

/// A node of one tensor, in front of `place`.
Value* insert_operator(Node* place, c10::Symbol kind, at::ArrayRef<Value*> inputs);

}  // namespace vidcv
