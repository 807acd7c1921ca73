// bench_matching ASSETS FRAMES DIM THREADS THRESHOLD: seconds that AssetMatcher takes for random unit vectors, packing
// included, and the most memory that the process had. scripts/bench_matching.py compares it with the bare product.

#include <vidcv/core/embedding.hpp>
#include <vidcv/matching/match.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>

namespace {

using Clock = std::chrono::steady_clock;
constexpr int k_rounds = 5;

std::vector<vidcv::Embedding> unit_vectors(std::size_t count, std::size_t dim, unsigned seed)
{
  std::mt19937 numbers(seed);
  std::normal_distribution<float> normal;
  std::vector<vidcv::Embedding> vectors(count, vidcv::Embedding(dim));
  for (vidcv::Embedding& vector : vectors) {
    std::ranges::generate(vector, [&] { return normal(numbers); });
    vidcv::make_unit(vector);
  }
  return vectors;
}

std::vector<vidcv::OwnedVector> owned(const std::vector<vidcv::Embedding>& vectors)
{
  std::vector<vidcv::OwnedVector> all;
  for (std::size_t i = 0; i < vectors.size(); ++i) { all.push_back({i, vectors[i]}); }
  return all;
}

/// Of this program alone: getrusage() also knows that of the one which started it.
long most_memory_kib()
{
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    long kib = 0;
    if (word == "VmHWM:" && status >> kib) { return kib; }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv)
{
  if (argc != 6) {
    std::fputs("usage: bench_matching ASSETS FRAMES DIM THREADS THRESHOLD\n", stderr);
    return 2;
  }
  const auto dim = static_cast<std::size_t>(std::atoi(argv[3]));
  const auto assets = unit_vectors(static_cast<std::size_t>(std::atoi(argv[1])), dim, 1);
  const auto frames = unit_vectors(static_cast<std::size_t>(std::atoi(argv[2])), dim, 2);
  const vidcv::MatchRule rule{std::vector<double>(assets.size(), std::atof(argv[5]))};
  double best_s = 1e9;
  std::size_t matches = 0;
  for (int round = 0; round < k_rounds; ++round) {
    const auto start = Clock::now();
    const vidcv::AssetMatcher matcher(dim, owned(assets), assets.size());
    matches = matcher.match(owned(frames), rule, std::atoi(argv[4])).size();
    best_s = std::min(best_s, std::chrono::duration<double>(Clock::now() - start).count());
  }
  const double operations =
      2.0 * static_cast<double>(assets.size()) * static_cast<double>(frames.size()) * static_cast<double>(dim);
  std::printf("%.4f s, %.0f GFLOP/s, %zu matches, %ld MiB\n", best_s, operations / best_s / 1e9, matches,
              most_memory_kib() / 1024);
}
