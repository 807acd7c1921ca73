#include "attention_pattern.hpp"

#include "graph_edit.hpp"

#include <torch/csrc/jit/passes/dead_code_elimination.h>

#include <array>
#include <cmath>
#include <vector>

namespace vidcv {
namespace {

constexpr std::size_t k_scale = 6;  // input of scaled_dot_product_attention
constexpr double k_rounding = 1e-9;

bool is_reshape(const Node* node)
{
  return node->kind() == at::aten::view || node->kind() == at::aten::reshape;
}

bool swaps(const Node* node, std::int64_t first, std::int64_t second)
{
  return node->kind() == at::aten::transpose && constant_int(node->input(1)) == first &&
         constant_int(node->input(2)) == second;
}

/// The numbers of a list, nothing for those that are computed.
std::vector<std::optional<std::int64_t>> list_of(const Value* value)
{
  std::vector<std::optional<std::int64_t>> numbers;
  if (const auto constant = torch::jit::toIValue(value); constant && constant->isIntList()) {
    for (const std::int64_t number : constant->toIntVector()) { numbers.emplace_back(number); }
  } else if (value->node()->kind() == c10::prim::ListConstruct) {
    for (const Value* item : value->node()->inputs()) { numbers.push_back(constant_int(item)); }
  }
  return numbers;
}

/// Whether a list begins with the number of pictures and of tokens, as they are or as what is left over (-1).
bool keeps_rows(const Value* sizes)
{
  for (const std::int64_t axis : {0, 1}) {
    const Node* list = sizes->node();
    if (list->kind() != c10::prim::ListConstruct) { return false; }
    const Value* size = list->input(static_cast<std::size_t>(axis));
    const bool is_own = size->node()->kind() == at::aten::size && constant_int(size->node()->input(1)) == axis;
    if (!is_own && constant_int(size) != -1) { return false; }
  }
  return true;
}

/// What a part of attention is cut from, and its numbers in a head.
struct Heads {
  Value* rows = nullptr;
  std::optional<std::int64_t> count;
  std::optional<std::int64_t> width;
};

/// [n, tokens, heads * width] seen as [n, tokens, heads, width] with the heads moved forward.
std::optional<Heads> heads_of(const Value* part)
{
  const Node* transpose = part->node();
  if (!swaps(transpose, 1, 2) || !is_reshape(transpose->input(0)->node())) { return std::nullopt; }
  const Node* view = transpose->input(0)->node();
  const auto sizes = list_of(view->input(1));
  if (sizes.size() != 4 || !keeps_rows(view->input(1)) || !is_known_linear(view->input(0)->node())) {
    return std::nullopt;
  }
  Heads heads{view->input(0), sizes[2], sizes[3]};
  const std::int64_t all = constant_tensor(heads.rows->node()->input(k_weight))->size(0);
  if (heads.count == -1) { heads.count.reset(); }
  if (heads.width == -1) { heads.width.reset(); }
  if (!heads.count && heads.width) { heads.count = all / *heads.width; }
  if (!heads.width && heads.count) { heads.width = all / *heads.count; }
  const bool fits = heads.count && heads.width && *heads.count * *heads.width == all;
  return fits ? std::optional(heads) : std::nullopt;
}

/// The one node that uses the numbers of a tensor; others may ask for its size.
Node* user_of(const Value* value)
{
  Node* user = nullptr;
  for (const auto& use : value->uses()) {
    if (use.user->kind() == at::aten::size) { continue; }
    if (user != nullptr || use.offset != 0) { return nullptr; }
    user = use.user;
  }
  return user;
}

/// A reshape of [n, heads, tokens, width] to the sizes that it has, as traces have them.
bool keeps_shape(const Node* node, const Node* attention)
{
  if (!is_reshape(node) || node->input(1)->node()->kind() != c10::prim::ListConstruct) { return false; }
  const auto sizes = node->input(1)->node()->inputs();
  if (sizes.size() != 4 || constant_int(sizes[1]) != -1) { return false; }
  const std::array<std::pair<std::size_t, const Value*>, 3> own = {
      {{0, attention->output()}, {2, attention->input(0)}, {3, attention->input(2)}}};
  return std::ranges::all_of(own, [&](const auto& axis) {
    const Node* size = sizes[axis.first]->node();
    if (size->kind() != at::aten::size || size->input(0) != axis.second) { return false; }
    const auto index = constant_int(size->input(1));
    return index == static_cast<std::int64_t>(axis.first) || index == static_cast<std::int64_t>(axis.first) - 4;
  });
}

/// [n, tokens, heads, width] to [n, tokens, heads * width].
bool joins_heads(const Node* node, const Heads& heads)
{
  if (node->kind() == at::aten::flatten) {
    const auto end = constant_int(node->input(2));
    return constant_int(node->input(1)) == 2 && (end == -1 || end == 3);
  }
  if (!is_reshape(node)) { return false; }
  const auto sizes = list_of(node->input(1));
  const bool is_whole = sizes.size() == 3 && (sizes[2] == -1 || sizes[2] == *heads.count * *heads.width);
  return is_whole && keeps_rows(node->input(1));
}

Node* behind_copies(Node* node)
{
  while (node != nullptr && node->kind() == at::aten::contiguous) { node = user_of(node->output()); }
  return node;
}

/// The node that gives what vidcv::attention would, or none.
Node* end_of(const Node* attention, const Heads& heads)
{
  Node* node = user_of(attention->output());
  if (node != nullptr && keeps_shape(node, attention)) { node = user_of(node->output()); }
  if (node == nullptr || !swaps(node, 1, 2)) { return nullptr; }
  node = behind_copies(user_of(node->output()));
  return node != nullptr && joins_heads(node, heads) ? node : nullptr;
}

/// Whether attention multiplies by what it does where no scale is given, the width of a head to the power of -0.5;
/// traces of transformers' models give it.
bool has_usual_scale(const Node* attention, std::int64_t width)
{
  if (attention->inputs().size() <= k_scale || attention->input(k_scale)->mustBeNone()) { return true; }
  const auto scale = torch::jit::toIValue(attention->input(k_scale));
  return scale && scale->isDouble() &&
         std::abs(scale->toDouble() * std::sqrt(static_cast<double>(width)) - 1) < k_rounding;
}

/// scaled_dot_product_attention(q, k, v, no mask, no dropout, causal or not, ...)
bool is_plain(const Node* attention)
{
  const auto dropout = torch::jit::toIValue(attention->input(4));
  const auto causal = torch::jit::toIValue(attention->input(5));
  return attention->input(3)->mustBeNone() && dropout && dropout->isDouble() && dropout->toDouble() == 0 && causal &&
         causal->isBool();
}

/// If it is causal, vidcv::attention lets the last query see all keys and LibTorch the first query one key, which is
/// the same for queries and keys of the same tokens.
bool has_equal_tokens(const Heads& queries, const Heads& keys)
{
  return queries.rows->node()->input(k_input) == keys.rows->node()->input(k_input);
}

void replace_attention(Node* attention)
{
  const auto queries = heads_of(attention->input(0));
  const auto keys = heads_of(attention->input(1));
  const auto values = heads_of(attention->input(2));
  if (!is_plain(attention) || !queries || !keys || !values || queries->width != keys->width ||
      queries->width != values->width || queries->count != keys->count || queries->count != values->count ||
      !has_usual_scale(attention, *queries->width)) {
    return;
  }
  const bool causal = torch::jit::toIValue(attention->input(5))->toBool();
  Node* end = end_of(attention, *queries);
  if (end == nullptr || (causal && !has_equal_tokens(*queries, *keys))) { return; }
  const torch::jit::WithInsertPoint here(attention);
  Value* width = attention->owningGraph()->insertConstant(*queries->width);
  Value* result =
      insert_operator(attention, k_attention, {queries->rows, keys->rows, values->rows, width, attention->input(5)});
  end->output()->replaceAllUsesWith(result);
}

}  // namespace

void find_attention(Graph& graph)
{
  std::vector<Node*> all;
  for (Node* node : graph.nodes()) {
    if (node->kind() == at::aten::scaled_dot_product_attention) { all.push_back(node); }
  }
  for (Node* attention : all) { replace_attention(attention); }
  torch::jit::EliminateDeadCode(graph.block());
}

}  // namespace vidcv
