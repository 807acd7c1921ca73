#include "kernels/attention_kernel.hpp"
#include "kernels/linear_kernel.hpp"

#include "../each_instruction_set.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <random>
#include <vector>

namespace vidcv {
namespace {

/// Numbers whose memory is aligned as the kernels want it.
template <class Number>
struct Aligned {
  explicit Aligned(std::size_t size) : room(size + 64), numbers(room.data())
  {
    while (reinterpret_cast<std::uintptr_t>(numbers) % 64 != 0) { ++numbers; }
  }
  std::vector<Number> room;
  Number* numbers;
};

std::vector<float> make_numbers(std::size_t size, unsigned seed)
{
  std::mt19937 source(seed);  // NOLINT: the same numbers each time
  std::normal_distribution<float> normal;
  std::vector<float> numbers(size);
  for (float& number : numbers) { number = normal(source); }
  return numbers;
}

template <class Number>
std::vector<Number> all_rounded(const std::vector<float>& numbers)
{
  std::vector<Number> all;
  for (const float number : numbers) { all.push_back(rounded<Number>(number)); }
  return all;
}

template <class Number>
struct Layer {
  std::size_t inputs;
  std::size_t outputs;
  Activation activation;
  std::vector<Number> weight = all_rounded<Number>(make_numbers(outputs * inputs, 1));
  std::vector<float> bias = make_numbers(outputs, 2);
  std::vector<Number> residual = {};
};

/// The columns from `first_panel` on are computed apart from those before.
template <class Number>
std::vector<Number> multiplied(const Layer<Number>& layer, const Number* rows, std::size_t count,
                               std::size_t first_panel = 0)
{
  const std::size_t panels = panel_count(layer.outputs);
  const std::size_t depth = padded_inputs<Number>(layer.inputs);
  Aligned<Number> packed(panels * panel_columns() * depth);
  for (std::size_t panel = 0; panel < panels; ++panel) {
    pack_panel(layer.weight.data(), layer.outputs, layer.inputs, panel,
               packed.numbers + panel * panel_columns() * depth);
  }
  Aligned<float> bias(panels * panel_columns());
  std::copy(layer.bias.begin(), layer.bias.end(), bias.numbers);
  Aligned<Number> arranged(count * depth);
  arrange_rows(rows, count, layer.inputs, arranged.numbers);
  std::vector<Number> result(count * layer.outputs);
  const LinearLayer<Number> kernel{packed.numbers,   bias.numbers,
                                   layer.inputs,     layer.outputs,
                                   layer.activation, layer.residual.empty() ? nullptr : layer.residual.data()};
  multiply(kernel, arranged.numbers, count, first_panel, panels, result.data());
  multiply(kernel, arranged.numbers, count, 0, first_panel, result.data());
  return result;
}

double activated(Activation activation, double x)
{
  switch (activation) {
    case Activation::none:
      return x;
    case Activation::relu:
      return std::max(0.0, x);
    case Activation::silu:
      return x / (1 + std::exp(-x));
    case Activation::gelu:
      return x / 2 * std::erfc(-x / std::sqrt(2.0));
  }
  return NAN;
}

/// The largest difference from sums in double.
template <class Number>
double error_of(const Layer<Number>& layer, std::size_t count)
{
  const auto rows = all_rounded<Number>(make_numbers(count * layer.inputs, 3));
  const auto result = multiplied(layer, rows.data(), count, panel_count(layer.outputs) / 2);
  double worst = 0;
  for (std::size_t row = 0; row < count; ++row) {
    for (std::size_t output = 0; output < layer.outputs; ++output) {
      double sum = layer.bias[output];
      for (std::size_t i = 0; i < layer.inputs; ++i) {
        sum += double{float_of(rows[row * layer.inputs + i])} * float_of(layer.weight[output * layer.inputs + i]);
      }
      const double expected = activated(layer.activation, sum);
      const double difference = std::abs(expected - float_of(result[row * layer.outputs + output]));
      worst = std::max(worst, difference / std::max(1.0, std::abs(expected)));
    }
  }
  return worst;
}

template <class Number>
void require_same_bits()
{
  const Layer<Number> layer{200, 96, Activation::silu};
  constexpr std::size_t k_rows = 60;
  const auto rows = all_rounded<Number>(make_numbers(k_rows * layer.inputs, 3));
  const auto all = multiplied(layer, rows.data(), k_rows);
  for (std::size_t count = 1; count < k_rows; ++count) {
    for (const std::size_t first : {std::size_t{0}, k_rows - count}) {
      const auto some = multiplied(layer, rows.data() + first * layer.inputs, count, panel_count(layer.outputs) / 3);
      REQUIRE(std::equal(some.begin(), some.end(), all.begin() + static_cast<long>(first * layer.outputs)));
    }
  }
}

constexpr std::size_t k_pictures = 2;

/// Heads [0, all) in calls of `step` heads.
template <class Number>
std::vector<Number> attended(const std::vector<Number>& qkv, std::size_t queries, std::size_t keys, std::size_t heads,
                             std::size_t width, std::size_t step, bool causal = false)
{
  const std::size_t row = 3 * heads * width;
  std::vector<Number> result(k_pictures * queries * heads * width);
  const auto part = [&](std::size_t index) {
    return TokenRows<Number>{qkv.data() + index * heads * width, keys * row, row};
  };
  const Attention<Number> attention{part(0), part(1), part(2), queries, keys, heads, width, causal, result.data()};
  for (std::size_t head = 0; head < k_pictures * heads; head += step) { attend(attention, head, head + step); }
  return result;
}

template <class Number>
double attention_error(std::size_t keys, std::size_t heads, std::size_t width, bool causal)
{
  const std::size_t row = 3 * heads * width;
  const auto qkv = all_rounded<Number>(make_numbers(k_pictures * keys * row, 4));
  const auto result = attended(qkv, keys, keys, heads, width, 1, causal);
  double worst = 0;
  for (std::size_t picture = 0; picture < k_pictures; ++picture) {
    const auto number = [&](std::size_t part, std::size_t token, std::size_t i) {
      return double{float_of(qkv[(picture * keys + token) * row + part * heads * width + i])};
    };
    for (std::size_t head = 0; head < heads; ++head) {
      for (std::size_t query = 0; query < keys; ++query) {
        std::vector<double> weights;
        double total = 0;
        for (std::size_t key = 0; key < keys; ++key) {
          double score = 0;
          for (std::size_t i = 0; i < width; ++i) {
            score += number(0, query, head * width + i) * number(1, key, head * width + i);
          }
          const bool is_seen = !causal || key <= query;
          weights.push_back(is_seen ? std::exp(score / std::sqrt(static_cast<double>(width))) : 0);
          total += weights.back();
        }
        for (std::size_t i = 0; i < width; ++i) {
          double expected = 0;
          for (std::size_t key = 0; key < keys; ++key) {
            expected += weights[key] / total * number(2, key, head * width + i);
          }
          const auto place = ((picture * keys + query) * heads + head) * width + i;
          worst = std::max(worst, std::abs(expected - float_of(result[place])));
        }
      }
    }
  }
  return worst;
}

}  // namespace

TEST_CASE("linear layers are their sums in double within what float32 allows")
{
  VIDCV_WITH_EACH_INSTRUCTION_SET();
  for (const auto activation : {Activation::none, Activation::relu, Activation::silu, Activation::gelu}) {
    for (const auto& [inputs, outputs] : {std::pair{1, 1}, {16, 32}, {588, 33}, {70, 100}, {768, 64}}) {
      for (const std::size_t count : {1, 2, 13, 14, 50}) {
        const auto in = static_cast<std::size_t>(inputs);
        const auto out = static_cast<std::size_t>(outputs);
        CHECK(error_of(Layer<float>{in, out, activation}, count) < 3e-5);
        if (has_bfloat16_kernel()) { CHECK(error_of(Layer<BFloat16Bits>{in, out, activation}, count) < 0.005); }
      }
    }
  }
}

TEST_CASE("a row of a linear layer has the same bits among any others")
{
  VIDCV_WITH_EACH_INSTRUCTION_SET();
  require_same_bits<float>();
  if (has_bfloat16_kernel()) { require_same_bits<BFloat16Bits>(); }
}

TEST_CASE("a residual is added behind the activation")
{
  VIDCV_WITH_EACH_INSTRUCTION_SET();
  constexpr std::size_t k_rows = 15;
  Layer<float> layer{40, 50, Activation::relu};
  const auto rows = make_numbers(k_rows * layer.inputs, 3);
  const auto plain = multiplied(layer, rows.data(), k_rows);
  layer.residual = make_numbers(k_rows * layer.outputs, 6);
  const auto sums = multiplied(layer, rows.data(), k_rows);
  for (std::size_t i = 0; i < sums.size(); ++i) { REQUIRE(sums[i] == plain[i] + layer.residual[i]); }
}

TEST_CASE("a layer's large, small and undefined sums stay what they are")
{
  VIDCV_WITH_EACH_INSTRUCTION_SET();
  for (const auto activation : {Activation::none, Activation::relu, Activation::silu, Activation::gelu}) {
    const Layer<float> one{1, 1, activation, {1.0F}, {0.0F}};
    for (const float x : {-1e30F, -200.0F, -88.5F, 88.5F, 200.0F, 1e30F}) {
      CHECK(multiplied(one, &x, 1)[0] == Approx(activated(activation, double{x})).margin(1e-7));
    }
    const float undefined = NAN;
    CHECK(std::isnan(multiplied(one, &undefined, 1)[0]));
  }
}

TEST_CASE("attention is its sums in double within what float32 allows")
{
  VIDCV_WITH_EACH_INSTRUCTION_SET();
  for (const auto& [keys, heads, width] : {std::tuple{1, 1, 4}, {5, 2, 16}, {50, 3, 64}, {77, 2, 80}, {197, 1, 88}}) {
    const auto size = [](int number) { return static_cast<std::size_t>(number); };
    for (const bool causal : {false, true}) {
      CHECK(attention_error<float>(size(keys), size(heads), size(width), causal) < 1e-5);
      CHECK(attention_error<BFloat16Bits>(size(keys), size(heads), size(width), causal) < 0.02);
    }
  }
}

TEST_CASE("a row of attention has the same bits among any other queries and in any order of heads")
{
  VIDCV_WITH_EACH_INSTRUCTION_SET();
  const auto qkv = make_numbers(k_pictures * 50 * 3 * 128, 5);
  const auto all = attended(qkv, 50, 50, 2, 64, 4);
  CHECK(attended(qkv, 50, 50, 2, 64, 1) == all);
  for (std::size_t queries = 1; queries < 50; ++queries) {
    const auto some = attended(qkv, queries, 50, 2, 64, 2);
    REQUIRE(std::equal(some.begin(), some.begin() + static_cast<long>(queries * 128), all.begin()));
  }
}

TEST_CASE("bfloat16 rounds to the nearest, the even one of two")
{
  CHECK(float_of(bfloat16_bits(1.0F)) == 1.0F);
  CHECK(float_of(bfloat16_bits(1.0F + 0x1p-8F)) == 1.0F);
  CHECK(float_of(bfloat16_bits(1.0F + 0x1.8p-7F)) == 1.0F + 0x1p-6F);
  CHECK(float_of(bfloat16_bits(1.0F + 0x1.02p-8F)) == 1.0F + 0x1p-7F);
  CHECK(std::isinf(float_of(bfloat16_bits(3.4e38F))));
  CHECK(std::isnan(float_of(bfloat16_bits(NAN))));
}

}  // namespace vidcv
