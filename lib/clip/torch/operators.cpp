#include "kernels/attention_kernel.hpp"
#include "kernels/linear_kernel.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include <algorithm>
#include <optional>

// The operators that packed_graph.cpp puts into a network.

namespace vidcv {
namespace {

template <class Number>
Number* numbers_of(const at::Tensor& tensor)
{
  return static_cast<Number*>(tensor.mutable_data_ptr());
}

std::size_t size_of(std::int64_t size)
{
  return static_cast<std::size_t>(size);
}

Activation activation_of(c10::string_view name)
{
  if (name == "swish") { return Activation::silu; }
  if (name == "relu") { return Activation::relu; }
  return name == "gelu" ? Activation::gelu : Activation::none;
}

template <class Number>
void run_linear(const LinearLayer<Number>& layer, const at::Tensor& rows, const at::Tensor& result)
{
  const std::size_t count = size_of(rows.numel()) / layer.inputs;
  const auto depth = static_cast<std::int64_t>(padded_inputs<Number>(layer.inputs));
  const at::Tensor arranged = at::empty({static_cast<std::int64_t>(count), depth}, rows.options());
  arrange_rows(numbers_of<Number>(rows), count, layer.inputs, numbers_of<Number>(arranged));
  const auto panels = static_cast<std::int64_t>(panel_count(layer.outputs));
  at::parallel_for(0, panels, 1, [&](std::int64_t first, std::int64_t last) {
    multiply(layer, numbers_of<Number>(arranged), count, size_of(first), size_of(last), numbers_of<Number>(result));
  });
}

/// activation(x Wᵀ + b) + r with the weight as linear_layout.cpp packs it.
/// @param bias      float32, of all columns of the panels
/// @param residual  r
at::Tensor linear(const at::Tensor& x, const at::Tensor& panels, const at::Tensor& bias, std::int64_t inputs,
                  std::int64_t outputs, c10::string_view activation, const std::optional<at::Tensor>& residual)
{
  TORCH_CHECK(x.dim() > 0 && x.size(-1) == inputs, "a linear layer of ", inputs, " inputs is given ", x.sizes());
  TORCH_CHECK(x.scalar_type() == panels.scalar_type(), "a linear layer of another type than its input");
  const at::Tensor rows = x.contiguous();
  auto sizes = rows.sizes().vec();
  sizes.back() = outputs;
  const at::Tensor result = at::empty(sizes, rows.options());
  const bool is_fused =
      residual && residual->sizes() == result.sizes() && residual->scalar_type() == result.scalar_type();
  const at::Tensor added = is_fused ? residual->contiguous() : at::Tensor();
  const auto run = [&]<class Number>(Number) {
    run_linear<Number>({numbers_of<Number>(panels), numbers_of<float>(bias), size_of(inputs), size_of(outputs),
                        activation_of(activation), is_fused ? numbers_of<Number>(added) : nullptr},
                       rows, result);
  };
  rows.scalar_type() == at::kFloat ? run(float{}) : run(BFloat16Bits{});
  return residual && !is_fused ? result + *residual : result;
}

template <class Number>
TokenRows<Number> rows_of(const at::Tensor& tokens)
{
  return {numbers_of<Number>(tokens), size_of(tokens.stride(0)), size_of(tokens.stride(1))};
}

template <class Number>
at::Tensor attend_on_cpu(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, std::int64_t width, bool causal)
{
  const std::int64_t heads = q.size(2) / width;
  const at::Tensor result = at::empty({q.size(0), q.size(1), q.size(2)}, q.options());
  const Attention<Number> attention{
      rows_of<Number>(q),        rows_of<Number>(k), rows_of<Number>(v), size_of(q.size(1)),
      size_of(k.size(1)),        size_of(heads),     size_of(width),     causal,
      numbers_of<Number>(result)};
  at::parallel_for(0, q.size(0) * heads, 1,
                   [&](std::int64_t first, std::int64_t last) { attend(attention, size_of(first), size_of(last)); });
  return result;
}

/// By LibTorch, for devices and types without a kernel of our own.
at::Tensor attend_elsewhere(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, std::int64_t width,
                            bool causal)
{
  const auto heads = [&](const at::Tensor& rows) { return rows.unflatten(2, {-1, width}).transpose(1, 2); };
  const std::int64_t queries = q.size(1);
  const std::int64_t keys = k.size(1);
  std::optional<at::Tensor> mask;
  if (causal) { mask = at::ones({queries, keys}, q.options().dtype(at::kBool)).tril(keys - queries); }
  return at::scaled_dot_product_attention(heads(q), heads(k), heads(v), mask).transpose(1, 2).flatten(2);
}

/// softmax(Q Kᵀ / √width) V of [n, tokens, heads * width] each; if causal, the last query sees all keys and each
/// query before it one less.
at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, std::int64_t width, bool causal)
{
  TORCH_CHECK(q.dim() == 3 && k.dim() == 3 && v.dim() == 3, "attention of something other than rows of tokens");
  const bool is_dense = q.stride(2) == 1 && k.stride(2) == 1 && v.stride(2) == 1;
  const bool fits = q.size(0) == k.size(0) && q.size(2) == k.size(2) && k.sizes() == v.sizes() &&
                    q.scalar_type() == k.scalar_type() && q.scalar_type() == v.scalar_type();
  if (!q.is_cpu() || !is_dense || !fits) { return attend_elsewhere(q, k, v, width, causal); }
  if (q.scalar_type() == at::kFloat) { return attend_on_cpu<float>(q, k, v, width, causal); }
  if (q.scalar_type() == at::kBFloat16) { return attend_on_cpu<BFloat16Bits>(q, k, v, width, causal); }
  return attend_elsewhere(q, k, v, width, causal);
}

/// The first or the last two tokens, or the one that there is. What is the same for all tokens is left as it is.
at::Tensor end_rows(const at::Tensor& tokens, bool is_last)
{
  TORCH_CHECK(tokens.dim() <= 3, "tokens that are not [n, tokens, width]");
  if (tokens.dim() < 2) { return tokens; }
  const std::int64_t count = std::min<std::int64_t>(2, tokens.size(-2));
  return tokens.narrow(-2, is_last ? tokens.size(-2) - count : 0, count);
}

}  // namespace
}  // namespace vidcv

TORCH_LIBRARY(vidcv, library)
{
  library.def(
      "linear(Tensor x, Tensor panels, Tensor bias, int inputs, int outputs, str activation, Tensor? residual) -> "
      "Tensor",
      &vidcv::linear);
  library.def("attention(Tensor q, Tensor k, Tensor v, int width, bool causal) -> Tensor", &vidcv::attention);
  library.def("end_rows(Tensor tokens, bool is_last) -> Tensor", &vidcv::end_rows);
}
