#include "network.hpp"

#include <vidcv/core/error.hpp>

#include <algorithm>
#include <span>
#include <sstream>
#include <string_view>
#include <utility>

namespace vidcv {

std::string cause_of(const std::exception& failure)
{
  const auto* torch_failure = dynamic_cast<const c10::Error*>(&failure);
  const std::string message = torch_failure ? torch_failure->what_without_backtrace() : failure.what();
  constexpr std::string_view k_mark = "RuntimeError: ";  // ends the account of a failure inside the model's own code
  const auto mark = message.rfind(k_mark);
  const auto start = mark == std::string::npos ? 0 : mark + k_mark.size();
  const auto end = std::min(message.find('\n', start), message.find("  (Could this error message be improved?", start));
  return message.substr(start, end - start);
}

Network::Network(NetworkSite site) : m_site(std::move(site))
{
  const c10::InferenceMode inference;
  try {
    prepare(torch::jit::load(m_site.file.native(), m_site.device, false));  // without the files for its debugger
  } catch (const std::exception& failure) {
    fail("load", cause_of(failure));
  }
}

Network::Network(NetworkSite site, const std::string& archive) : m_site(std::move(site))
{
  const c10::InferenceMode inference;
  try {
    std::istringstream bytes(archive);
    prepare(torch::jit::load(bytes, m_site.device, false));
  } catch (const std::exception& failure) {
    fail("load", cause_of(failure));
  }
}

void Network::prepare(torch::jit::Module module)
{
  module.eval();
  if (!module.find_method("forward")) { throw std::runtime_error("the module has no forward method"); }
  m_network = packed(std::move(module), m_site.type, m_site.device.is_cpu());
  at::globalContext().setAllowTF32CuDNN(false);  // float32 is promised
}

void Network::fail(const char* action, const std::string& cause) const
{
  throw ModelError(m_site.file.native(), action, cause + ": make the model file again");
}

at::Tensor Network::prepared(const at::Tensor& input) const
{
  if (!input.is_floating_point()) { return input; }
  const auto layout = m_network.channels_last ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
  return input.to(m_site.type).contiguous(layout);
}

at::Tensor Network::run(const at::Tensor& input)
{
  c10::IValue result;
  try {
    result = m_network.module.forward({prepared(input)});
    if (result.isTensor()) { result = result.toTensor().to(at::kCPU, at::kFloat).contiguous(); }
  } catch (const c10::OutOfMemoryError& failure) {
    throw ModelError(m_site.file.native(), "encode", cause_of(failure) + ": use a smaller --batch");
  } catch (const std::exception& failure) {
    fail("encode", cause_of(failure));
  }
  if (!result.isTensor()) { fail("encode", "gives a " + result.tagKind() + " and no tensor"); }
  at::Tensor vectors = result.toTensor();
  if (vectors.dim() != 2 || vectors.size(0) != input.size(0)) {
    fail("encode", "does not give one vector for each input");
  }
  if (vectors.size(1) != m_site.dim) {
    fail("encode", "gives vectors of " + std::to_string(vectors.size(1)) + " numbers, vidcv.json says " +
                       std::to_string(m_site.dim));
  }
  return vectors;
}

Embedding Network::vector(const at::Tensor& vectors, std::int64_t row) const
{
  const auto dim = static_cast<std::size_t>(m_site.dim);
  const std::span numbers(vectors.const_data_ptr<float>() + row * m_site.dim, dim);
  Embedding vector(numbers.begin(), numbers.end());
  if (!make_unit(vector)) { fail("encode", "gives a vector that has no direction (not finite, or all zeros)"); }
  return vector;
}

}  // namespace vidcv
