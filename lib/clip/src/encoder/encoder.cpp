#include <vidcv/clip/encoder.hpp>

#include "encoder/device.hpp"
#include "encoder/encoder_module.hpp"
#include "formats/model_archive.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>

#include <dlfcn.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace vidcv {
namespace {

/// LibTorch asks the kernel for pages of 2 MiB for its large tensors if this is set when it first allocates: a model is
/// loaded sooner, and its weights are read with fewer misses. Set before main(), while no thread reads the environment.
[[maybe_unused]] const int k_is_set = ::setenv("THP_MEM_ALLOC_ENABLE", "1", /*overwrite=*/0);

constexpr const char* k_module = "vidcv-torch.so";

/// Where the encoder module is; empty where there is none.
std::filesystem::path find_module()
{
  for (const auto& place : library_candidates(std::filesystem::path("vidcv") / k_module)) {
    std::error_code unreadable;
    if (std::filesystem::exists(place, unreadable)) { return place; }
  }
  return {};
}

void* require_symbol(void* module, const char* name)
{
  void* symbol = ::dlsym(module, name);
  if (symbol == nullptr) { throw ModelError(k_module, "load", fmt::format("it has no {}: build vidcv again", name)); }
  return symbol;
}

/// From here on the process ends without taking LibTorch's registries apart, which takes longer than a picture does:
/// what was registered with atexit() before is skipped, except for the buffers of stdout.
void leave_quickly()
{
  ::on_exit(
      [](int status, void*) {
        std::fflush(nullptr);
        ::_exit(status);
      },
      nullptr);
}

/// Whether malloc() is not libc's: a preloaded one, a sanitizer's.
bool is_malloc_replaced()
{
  void* libc = ::dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
  return libc == nullptr || ::dlsym(libc, "malloc") != ::dlsym(RTLD_DEFAULT, "malloc");
}

/// LibTorch has 80,000 symbols to resolve, and FFmpeg brought 130 libraries that each would be looked through first:
/// the module sees its own libraries before those of the program (unless all must see another malloc), and LibTorch's
/// are resolved as they are called. The module's own are resolved now, it is linked with -z now, so that another
/// LibTorch is met with an error.
void* open_module(const std::filesystem::path& file)
{
  const int scope = is_malloc_replaced() ? 0 : RTLD_DEEPBIND;
  return ::dlopen(file.c_str(), RTLD_LAZY | RTLD_LOCAL | scope);
}

/// What to do where dlopen() failed for this cause.
std::string_view way_out_of(std::string_view cause)
{
  if (cause.find("failed to map") != std::string_view::npos) { return "see ulimit -v"; }
  if (cause.find("cannot open shared object file") != std::string_view::npos) {
    return "LibTorch is not where vidcv was built with it: put it back there, or build vidcv again";
  }
  return "build vidcv again with this LibTorch";
}

const EncoderModule& load_module(const std::filesystem::path& file)
{
  void* module = open_module(file);  // for good: LibTorch cannot be unloaded
  if (module == nullptr) {
    const std::string cause = ::dlerror();
    throw ModelError(k_module, "load", fmt::format("{}: {}", cause, way_out_of(cause)));
  }
  if (*static_cast<const std::size_t*>(require_symbol(module, k_module_abi_symbol)) != k_module_abi) {
    throw ModelError(k_module, "load", "made by another build than this program: build or install vidcv again");
  }
  leave_quickly();
  return *static_cast<const EncoderModule*>(require_symbol(module, k_module_symbol));
}

}  // namespace

const EncoderModule& encoder_module()
{
  static const EncoderModule& module = [&]() -> const EncoderModule& {
    const std::filesystem::path file = find_module();
    if (file.empty()) {
      throw ModelError(k_module, "load",
                       "not found in lib/vidcv beside the program: install it, or build with -DVIDCV_WITH_TORCH=ON");
    }
    return load_module(file);
  }();
  return module;
}

std::unique_ptr<ImageEncoder> open_encoder(const std::filesystem::path& model_file, const EncoderOptions& options)
{
  require_device_name(options.device);
  const ModelDescription model = read_description(model_file);  // a bad file is reported before LibTorch is loaded
  return std::unique_ptr<ImageEncoder>(encoder_module().open_encoder(model_file, model, options));
}

std::unique_ptr<TextEncoder> open_text_encoder(const std::filesystem::path& model_file, const EncoderOptions& options)
{
  require_device_name(options.device);
  const ModelDescription model = read_description(model_file);
  const auto tower = read_archived(model_file, k_text_tower, k_most_tower_bytes);
  if (!model.text || !tower) { throw ModelError(model_file.native(), "load", "the model has no text tower"); }
  return std::unique_ptr<TextEncoder>(encoder_module().open_text_encoder(model_file, model, options, *tower));
}

std::optional<std::string> known_precision(const EncoderOptions& options)
{
#ifdef VIDCV_TORCH_HAS_CUDA
  if (options.device != "cpu" && options.precision != "fp32") { return std::nullopt; }
#endif
  return precision_on(options, false);
}

std::string torch_version()
{
#ifdef VIDCV_TORCH_VERSION
  if (!find_module().empty()) { return VIDCV_TORCH_VERSION; }
#endif
  return {};
}

std::string open_torch()
{
  return encoder_module().torch_version();
}

}  // namespace vidcv
