// For each line of standard input, the pictures a second of a warm encoder over PICTURES pictures; for `peak`, the
// GFLOP/s of multiply-adds between registers. scripts/bench_encoder.py gives the lines, so that contenders take turns.

#include <vidcv/clip/encoder.hpp>

#include <chrono>
#include <functional>
#include <future>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace vidcv {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start)
{
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double pictures_per_second(ImageEncoder& encoder, const std::vector<float>& pictures, int batch, int count)
{
  const auto start = std::chrono::steady_clock::now();
  int done = 0;
  for (; done < count; done += batch) { encoder.encode(pictures); }
  return done / seconds_since(start);
}

#if defined(__x86_64__)
constexpr int k_sums = 24;
constexpr long k_rounds = 20'000'000;
constexpr double k_flops = 2.0 * 16 * k_sums * k_rounds;

/// As many sums as there are registers for, none of which waits for another.
template <bool IsFloat>
__attribute__((target("avx512f,avx512bf16"), noinline)) float rounds_of_sums()
{
  __m512 sums[k_sums];
#pragma GCC unroll 24
  for (int k = 0; k < k_sums; ++k) { sums[k] = _mm512_set1_ps(static_cast<float>(k)); }
  const __m512 half = _mm512_set1_ps(0.5F);
  const auto ones = (__m512bh)_mm512_set1_epi32(0x3F803F80);
  for (long i = 0; i < k_rounds; ++i) {
#pragma GCC unroll 24
    for (auto& sum : sums) { sum = IsFloat ? _mm512_fmadd_ps(sum, half, half) : _mm512_dpbf16_ps(sum, ones, ones); }
  }
  __m512 all = sums[0];
#pragma GCC unroll 24
  for (const auto& sum : sums) { all = _mm512_add_ps(all, sum); }
  return _mm512_cvtss_f32(all);
}

double peak(const std::string& precision, int threads)
{
  const bool is_float = precision == "fp32";
  if (__builtin_cpu_supports("avx512f") == 0 || (!is_float && __builtin_cpu_supports("avx512bf16") == 0)) { return 0; }
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::future<float>> sums;
  for (int i = 0; i < threads; ++i) {
    sums.push_back(std::async(std::launch::async, is_float ? rounds_of_sums<true> : rounds_of_sums<false>));
  }
  float all = 0;
  for (auto& sum : sums) { all += sum.get(); }
  const double rate = threads * k_flops * (is_float ? 1 : 2) / seconds_since(start) / 1e9;
  return all == 0 ? 0 : rate;
}
#else
double peak(const std::string&, int)
{
  return 0;
}
#endif

void answer_with(const std::function<double()>& measure)
{
  measure();
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);) { std::cout << measure() << std::endl; }
}

void bench(const std::string& model, const std::string& precision, int batch, int threads, int count,
           const std::string& device)
{
  if (model == "peak") {
    answer_with([&] { return peak(precision, threads); });
    return;
  }
  const auto encoder =
      open_encoder(model, {.device = device, .precision = precision, .threads = threads, .batch = batch});
  const auto side = static_cast<std::size_t>(encoder->model().input_size);
  std::mt19937 source(7);
  std::normal_distribution<float> normal;
  std::vector<float> pictures(static_cast<std::size_t>(batch) * 3 * side * side);
  for (float& number : pictures) { number = normal(source); }
  answer_with([&] { return pictures_per_second(*encoder, pictures, batch, count); });
}

}  // namespace
}  // namespace vidcv

int main(int count, char** arguments)
{
  if (count != 7) {
    std::cerr << "usage: bench_encoder MODEL|peak fp32|bf16 BATCH THREADS PICTURES DEVICE\n";
    return 2;
  }
  try {
    vidcv::bench(arguments[1], arguments[2], std::stoi(arguments[3]), std::stoi(arguments[4]), std::stoi(arguments[5]),
                 arguments[6]);
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}
