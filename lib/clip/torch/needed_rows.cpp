#include "needed_rows.hpp"

#include "graph_edit.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <vector>

namespace vidcv {
namespace {

/// select(x, 1, index) behind slices that keep all of x.
struct Selection {
  Value* tokens = nullptr;
  bool is_last = false;
};

bool is_whole_slice(const Node* node)
{
  if (node->kind() != at::aten::slice) { return false; }
  const bool begins = node->input(2)->mustBeNone() || constant_int(node->input(2)) == 0;
  const bool ends =
      node->input(3)->mustBeNone() || constant_int(node->input(3)) == std::numeric_limits<std::int64_t>::max();
  return begins && ends && constant_int(node->input(4)) == 1;
}

std::optional<Selection> selection_of(const Node* node)
{
  if (node->kind() != at::aten::select || constant_int(node->input(1)) != 1) { return std::nullopt; }
  const auto index = constant_int(node->input(2));
  if (index != 0 && index != -1) { return std::nullopt; }
  Value* tokens = node->input(0);
  while (is_whole_slice(tokens->node())) { tokens = tokens->node()->input(0); }
  return Selection{tokens, index == -1};
}

/// Whether a constant is the same for all tokens.
bool is_for_all_rows(const Value* value)
{
  const auto constant = torch::jit::toIValue(value);
  return constant && (constant->isScalar() || (constant->isTensor() && constant->toTensor().dim() <= 1));
}

/// The inputs of which each row of the result needs that row alone, or none.
std::vector<std::size_t> row_inputs(const Node* node, bool is_last)
{
  const auto kind = node->kind();
  if (is_known_linear(node) || kind == at::aten::silu || kind == at::aten::relu || kind == at::aten::gelu ||
      kind == at::aten::sigmoid) {
    return {0};
  }
  if (kind == at::aten::layer_norm) {
    const auto shape = torch::jit::toIValue(node->input(1));
    return shape && shape->isIntList() && shape->toIntVector().size() == 1 ? std::vector<std::size_t>{0}
                                                                           : std::vector<std::size_t>{};
  }
  if (kind == k_attention) {
    const bool causal = torch::jit::toIValue(node->input(4))->toBool();
    return is_last || !causal ? std::vector<std::size_t>{0} : std::vector<std::size_t>{};
  }
  if (kind != at::aten::add && kind != at::aten::mul) { return {}; }
  std::vector<std::size_t> rows;
  for (const std::size_t i : {0, 1}) {
    const bool is_constant = torch::jit::toIValue(node->input(i)).has_value();
    if (is_constant && !is_for_all_rows(node->input(i))) { return {}; }
    if (!is_constant) { rows.push_back(i); }
  }
  return rows;
}

class NeededRows {
 public:
  NeededRows(Graph& graph, Selection selection) : m_graph(graph), m_selection(selection) {}

  void keep()
  {
    for (Node* node : m_graph.nodes().reverse()) {
      if (node->outputs().size() != 1 || row_inputs(node, m_selection.is_last).empty()) { continue; }
      if (is_all_that_is_needed(node->output())) { m_nodes.insert(node); }
    }
    // Attention is what shows that the rows are tokens, and not the numbers of a vector.
    if (std::ranges::none_of(m_nodes, [](const Node* node) { return node->kind() == k_attention; })) { return; }
    for (Node* node : m_nodes) {
      for (const std::size_t input : row_inputs(node, m_selection.is_last)) { cut(node, input); }
    }
  }

 private:
  /// Whether each use of the value needs the selected row and no other.
  bool is_all_that_is_needed(const Value* value) const
  {
    return std::ranges::all_of(value->uses(), [&](const torch::jit::Use& use) {
      if (value == m_selection.tokens && (is_whole_slice(use.user) || selection_of(use.user))) {
        return only_selects(use.user);
      }
      const auto rows = row_inputs(use.user, m_selection.is_last);
      return m_nodes.contains(use.user) && std::ranges::count(rows, use.offset) == 1;
    });
  }

  /// Whether what follows is nothing but the selection.
  bool only_selects(const Node* node) const
  {
    if (const auto selection = selection_of(node)) { return selection->is_last == m_selection.is_last; }
    return is_whole_slice(node) && std::ranges::all_of(node->output()->uses(), [&](const torch::jit::Use& use) {
             return only_selects(use.user);
           });
  }

  /// Lets a node have the rows of an input where the input is not cut already.
  void cut(Node* node, std::size_t input)
  {
    Value* whole = node->input(input);
    if (m_nodes.contains(whole->node())) { return; }
    const torch::jit::WithInsertPoint here(node);
    Value* is_last = m_graph.insertConstant(m_selection.is_last);
    node->replaceInput(input, insert_operator(node, k_end_rows, {whole, is_last}));
  }

  Graph& m_graph;
  Selection m_selection;
  std::set<Node*> m_nodes;
};

}  // namespace

void keep_needed_rows(Graph& graph)
{
  for (Node* node : graph.nodes()) {
    if (const auto selection = selection_of(node)) {
      NeededRows(graph, *selection).keep();
      return;
    }
  }
}

}  // namespace vidcv
