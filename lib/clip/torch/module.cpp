#include "clip_graph.hpp"
#include "encoder/encoder_module.hpp"
#include "torch_encoder.hpp"

#include <vidcv/core/error.hpp>

#include <malloc.h>
#include <torch/version.h>

#include <cstdint>
#include <sstream>
#include <string>
#include <utility>

// The functions of vidcv-torch.so.

extern "C" std::uint64_t aoti_torch_abi_version() __attribute__((weak));

namespace vidcv {
namespace {

/// Each pass takes the same few megabytes as the one before. glibc would give them back to the kernel in between, and
/// fetching them again page by page costs a third of all time.
void keep_freed_memory()
{
  constexpr int k_mib = 1024 * 1024;
  ::mallopt(M_MMAP_THRESHOLD, 32 * k_mib);  // the highest that glibc takes
  ::mallopt(M_TRIM_THRESHOLD, 1024 * k_mib);
}

ImageEncoder* open_image_tower(const std::filesystem::path& file, const ModelDescription& model,
                               const EncoderOptions& options)
{
  keep_freed_memory();
  return new TorchEncoder(file, model, options);
}

TextEncoder* open_text_tower(const std::filesystem::path& file, const ModelDescription& model,
                             const EncoderOptions& options, const std::string& tower)
{
  return new TorchTextEncoder(file, model, options, tower);
}

/// The version of the loaded library: major, minor and patch in its highest bytes. LibTorch has the function from
/// 2.10 on; an older one is reported as the version that the module was built with.
std::string loaded_torch_version()
{
  if (aoti_torch_abi_version == nullptr) { return TORCH_VERSION; }
  const std::uint64_t version = aoti_torch_abi_version();
  const auto part = [&](unsigned place) { return std::to_string((version >> place) & 0xFFU); };
  return part(56) + "." + part(48) + "." + part(40);
}

void write_model(const ModelPlan& plan, const std::filesystem::path& file)
{
  torch::jit::ExtraFilesMap files(plan.files.begin(), plan.files.end());
  try {
    if (!plan.text.empty()) {
      std::ostringstream tower;
      text_graph(plan.shape, plan.text).save(tower);
      files[k_text_tower] = std::move(tower).str();
    }
    vision_graph(plan.shape, plan.vision).save(file.native(), files);
  } catch (const std::exception& failure) {
    throw StoreError(file.native(), "write", cause_of(failure));
  }
}

/// The names of the types in a fingerprint; nothing for numbers that are not weights.
const char* type_name(c10::ScalarType type)
{
  switch (type) {
    case at::kDouble:
      return "F64";
    case at::kFloat:
      return "F32";
    case at::kHalf:
      return "F16";
    case at::kBFloat16:
      return "BF16";
    default:
      return nullptr;
  }
}

void show(const torch::jit::Module& module, const SeeWeights& see)
{
  std::map<std::string, StoredTensor> weights;
  std::vector<at::Tensor> whole;  // what the views are of
  const auto add = [&](const std::string& name, const at::Tensor& tensor) {
    const char* type = type_name(tensor.scalar_type());
    if (type == nullptr) { return; }
    whole.push_back(tensor.contiguous());
    const auto* bytes = static_cast<const std::byte*>(whole.back().const_data_ptr());
    weights[name] = {type, tensor.sizes().vec(), {bytes, whole.back().nbytes()}};
  };
  for (const auto& weight : module.named_parameters()) { add(weight.name, weight.value); }
  for (const auto& weight : module.named_buffers()) { add(weight.name, weight.value); }
  see(weights);
}

void show_weights(const std::filesystem::path& file, const std::string& tower, const SeeWeights& see)
{
  try {
    if (tower.empty()) {
      show(torch::jit::load(file.native(), c10::kCPU, false), see);
    } else {
      std::istringstream bytes(tower);
      show(torch::jit::load(bytes, c10::kCPU, false), see);
    }
  } catch (const c10::Error& failure) {
    throw ModelError(file.native(), "load", cause_of(failure));
  }
}

}  // namespace
}  // namespace vidcv

extern "C" {
extern const std::size_t vidcv_module_abi;
const std::size_t vidcv_module_abi = vidcv::k_module_abi;
extern const vidcv::EncoderModule vidcv_module;
const vidcv::EncoderModule vidcv_module = {vidcv::open_image_tower, vidcv::open_text_tower, vidcv::write_model,
                                           vidcv::show_weights, vidcv::loaded_torch_version};
}
