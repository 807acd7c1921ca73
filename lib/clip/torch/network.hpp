#pragma once

#include "packed_graph.hpp"

#include <vidcv/core/embedding.hpp>

#include <torch/script.h>

#include <exception>
#include <filesystem>
#include <string>

namespace vidcv {

/// Texts are put together without {fmt} in this module: LibTorch's headers bring another version of it along.

/// The one line of LibTorch's message that says what went wrong.
std::string cause_of(const std::exception& failure);

/// How a thread runs a network: nothing is recorded for training, and the graph is run as it is. (The optimizer would
/// spend the first passes on recompiling it, and gains nothing on an encoder.)
struct PlainRun {
  c10::InferenceMode inference;
  torch::jit::GraphOptimizerEnabledGuard as_it_is{false};
};

/// What a network is loaded for.
struct NetworkSite {
  std::filesystem::path file;  ///< for messages, and what is loaded unless its bytes are given
  int dim = 0;                 ///< of its vectors
  c10::Device device = c10::kCPU;
  c10::ScalarType type = at::kFloat;  ///< in which it computes
};

/// One tower of a model, loaded and in the layout that its device likes.
class Network {
 public:
  /// @throws ModelError
  explicit Network(NetworkSite site);
  Network(NetworkSite site, const std::string& archive);

  /// float32 [n, dim] on the CPU, of any length.
  /// @throws ModelError if the network fails or gives something else
  at::Tensor run(const at::Tensor& input);
  /// A row of what run() gave as a unit vector.
  Embedding vector(const at::Tensor& vectors, std::int64_t row) const;

  const NetworkSite& site() const noexcept { return m_site; }
  bool same_in_any_batch() const noexcept { return m_network.same_in_any_batch; }

 private:
  void prepare(torch::jit::Module module);
  at::Tensor prepared(const at::Tensor& input) const;
  [[noreturn]] void fail(const char* action, const std::string& cause) const;

  NetworkSite m_site;
  PackedNetwork m_network;
};

}  // namespace vidcv
