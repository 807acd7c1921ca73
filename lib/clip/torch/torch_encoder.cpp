#include "encoder_module.hpp"

#include <vidcv/core/error.hpp>

#include <ATen/Parallel.h>
#include <malloc.h>
#include <torch/cuda.h>
#include <torch/script.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <future>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

// The encoder behind vidcv-torch.so. On the CPU each picture has a forward pass of its own, on one thread, and the
// pictures share out the threads. Kernels order their sums by batch size and number of threads, so this is what makes
// a vector the same to the bit whatever it is computed beside; it is quick as well, docs/models.md has the figures.
// On CUDA batches are padded to one size instead.
//
// Texts are put together without {fmt}: LibTorch's headers bring another version of it along.

namespace vidcv {
namespace {

/// The one line of LibTorch's message that says what went wrong.
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

c10::Device choose_device(const std::string& name)
{
  const c10::DeviceIndex count = torch::cuda::device_count();
  if (name == "cpu" || (name == "auto" && count == 0)) { return c10::kCPU; }
  const c10::Device asked(name == "auto" ? "cuda" : name);
  const c10::Device device(c10::kCUDA, asked.has_index() ? asked.index() : c10::DeviceIndex{0});
  if (count == 0) { throw ModelError(name, "open", "LibTorch sees no CUDA device: use --device cpu"); }
  if (device.index() >= count) {
    throw ModelError(name, "open", "no such device, the last one is cuda:" + std::to_string(count - 1));
  }
  return device;
}

int thread_count(const EncoderOptions& options)
{
  return std::max(1, options.threads > 0 ? options.threads : static_cast<int>(std::thread::hardware_concurrency()));
}

/// Each pass takes the same few megabytes as the one before. glibc would give them back to the kernel in between, and
/// fetching them again page by page costs a third of all time.
void keep_freed_memory()
{
  constexpr int k_mib = 1024 * 1024;
  ::mallopt(M_MMAP_THRESHOLD, 32 * k_mib);  // the highest that glibc takes
  ::mallopt(M_TRIM_THRESHOLD, 1024 * k_mib);
}

/// How a thread runs a model: nothing is recorded for training, and the graph is run as it is. (The optimizer would
/// spend the first passes on recompiling it, and gains nothing on a traced encoder.)
struct PlainRun {
  c10::InferenceMode inference;
  torch::jit::GraphOptimizerEnabledGuard as_it_is{false};
};

class TorchEncoder final : public ImageEncoder {
 public:
  TorchEncoder(std::filesystem::path file, ModelDescription model, const EncoderOptions& options);

  const ModelDescription& model() const noexcept override { return m_model; }
  std::string device() const override { return m_device.str() + m_device_note; }
  std::string precision() const override { return "fp32"; }
  int batch() const noexcept override { return m_batch; }
  std::vector<Embedding> encode(std::span<const float> pictures) override;

 private:
  [[noreturn]] void fail(const char* action, const std::string& cause) const;
  void load();
  std::size_t picture_size() const noexcept;
  at::Tensor room_for(std::size_t count, bool pinned) const;
  at::Tensor forward(const at::Tensor& pictures);
  std::vector<Embedding> encode_apart(std::span<const float> pictures);
  std::vector<Embedding> encode_together(std::span<const float> pictures);
  Embedding take_vector(const at::Tensor& vectors, std::size_t row) const;

  std::filesystem::path m_file;
  ModelDescription m_model;
  c10::Device m_device;
  std::string m_device_note;
  int m_threads;
  int m_batch;
  torch::jit::Module m_module;
};

TorchEncoder::TorchEncoder(std::filesystem::path file, ModelDescription model, const EncoderOptions& options)
    : m_file(std::move(file)),
      m_model(std::move(model)),
      m_device(choose_device(options.device)),
      m_threads(m_device.is_cpu() ? thread_count(options) : 1),
      m_batch((std::max(1, options.batch) + m_threads - 1) / m_threads * m_threads)
{
  if (m_device.is_cpu() && options.device == "auto") { m_device_note = " (LibTorch sees no CUDA device)"; }
  load();
}

void TorchEncoder::fail(const char* action, const std::string& cause) const
{
  throw ModelError(m_file.native(), action, cause + ": make it again with scripts/export_model.py");
}

void TorchEncoder::load()
{
  const PlainRun settings;
  try {
    m_module = torch::jit::load(m_file.native(), m_device, false);  // without the files for its debugger
    m_module.eval();
  } catch (const std::exception& failure) {
    fail("load", cause_of(failure));
  }
  if (!m_module.find_method("forward")) { fail("load", "the module has no forward method"); }
  at::globalContext().setAllowTF32CuDNN(false);  // float32 is promised
}

std::size_t TorchEncoder::picture_size() const noexcept
{
  const auto side = static_cast<std::size_t>(m_model.input_size);
  return 3 * side * side;
}

/// A tensor for `count` pictures. Its memory is aligned, which a caller's may not be: alignment can change sums too.
at::Tensor TorchEncoder::room_for(std::size_t count, bool pinned) const
{
  const auto options = at::TensorOptions(at::kFloat).pinned_memory(pinned);
  return at::zeros({static_cast<std::int64_t>(count), 3, m_model.input_size, m_model.input_size}, options);
}

at::Tensor TorchEncoder::forward(const at::Tensor& pictures)
{
  c10::IValue result;
  try {
    result = m_module.forward({pictures});
    if (result.isTensor()) { result = result.toTensor().to(at::kCPU, at::kFloat).contiguous(); }
  } catch (const std::exception& failure) {
    fail("encode", cause_of(failure));
  }
  if (!result.isTensor()) { fail("encode", "gives a " + result.tagKind() + " and no tensor"); }
  at::Tensor vectors = result.toTensor();
  if (vectors.dim() != 2 || vectors.size(0) != pictures.size(0)) {
    fail("encode", "does not give one vector for each picture");
  }
  if (vectors.size(1) != m_model.dim) {
    fail("encode", "gives vectors of " + std::to_string(vectors.size(1)) + " numbers, vidcv.json says " +
                       std::to_string(m_model.dim));
  }
  return vectors;
}

Embedding TorchEncoder::take_vector(const at::Tensor& vectors, std::size_t row) const
{
  const std::span all(vectors.const_data_ptr<float>(), static_cast<std::size_t>(vectors.numel()));
  const auto dim = static_cast<std::size_t>(m_model.dim);
  const auto numbers = all.subspan(row * dim, dim);
  Embedding vector(numbers.begin(), numbers.end());
  if (!make_unit(vector)) { fail("encode", "gives a vector that has no direction (not finite, or all zeros)"); }
  return vector;
}

std::vector<Embedding> TorchEncoder::encode_apart(std::span<const float> pictures)
{
  std::vector<Embedding> vectors(pictures.size() / picture_size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    at::set_num_threads(1);  // a setting of the calling thread
    const PlainRun settings;
    const at::Tensor room = room_for(1, false);
    for (std::size_t i = next++; i < vectors.size(); i = next++) {
      std::ranges::copy(pictures.subspan(i * picture_size(), picture_size()), room.mutable_data_ptr<float>());
      vectors[i] = take_vector(forward(room), 0);
    }
  };
  std::vector<std::future<void>> others;
  const std::size_t workers = std::min(vectors.size(), static_cast<std::size_t>(m_threads));
  while (others.size() + 1 < workers) { others.push_back(std::async(std::launch::async, work)); }
  work();
  for (auto& other : others) { other.get(); }
  return vectors;
}

/// For CUDA; could not be tried where this was written.
std::vector<Embedding> TorchEncoder::encode_together(std::span<const float> pictures)
{
  const PlainRun settings;
  const at::Tensor room = room_for(static_cast<std::size_t>(m_batch), true);
  std::ranges::copy(pictures, room.mutable_data_ptr<float>());
  const at::Tensor batch = forward(room.to(m_device, /*non_blocking=*/true));
  std::vector<Embedding> vectors(pictures.size() / picture_size());
  for (std::size_t i = 0; i < vectors.size(); ++i) { vectors[i] = take_vector(batch, i); }
  return vectors;
}

std::vector<Embedding> TorchEncoder::encode(std::span<const float> pictures)
{
  return m_device.is_cpu() ? encode_apart(pictures) : encode_together(pictures);
}

}  // namespace
}  // namespace vidcv

extern "C" {
extern const std::size_t vidcv_module_abi;
const std::size_t vidcv_module_abi = vidcv::k_module_abi;
vidcv::OpenEncoderFunction vidcv_open_encoder;
}

vidcv::ImageEncoder* vidcv_open_encoder(const std::filesystem::path& file, const vidcv::ModelDescription& model,
                                        const vidcv::EncoderOptions& options)
{
  vidcv::keep_freed_memory();
  return new vidcv::TorchEncoder(file, model, options);
}
