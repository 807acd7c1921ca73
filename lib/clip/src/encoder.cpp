#include <vidcv/clip/encoder.hpp>

#include "encoder_module.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/text.hpp>

#include <dlfcn.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace vidcv {
namespace {

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
/// what was registered with atexit() before is skipped, but for the buffers of stdout.
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

OpenEncoderFunction* load_module(const std::filesystem::path& file)
{
  void* module = open_module(file);  // for good: LibTorch cannot be unloaded
  if (module == nullptr) {
    throw ModelError(k_module, "load", fmt::format("{}: build vidcv again with this LibTorch", ::dlerror()));
  }
  if (*static_cast<const std::size_t*>(require_symbol(module, k_module_abi_symbol)) != k_module_abi) {
    throw ModelError(k_module, "load", "made by another build than this program: build or install vidcv again");
  }
  leave_quickly();
  return reinterpret_cast<OpenEncoderFunction*>(require_symbol(module, k_open_encoder_symbol));
}

}  // namespace

void require_device_name(const std::string& name)
{
  constexpr std::string_view k_numbered = "cuda:";
  if (name == "auto" || name == "cpu" || name == "cuda") { return; }
  if (name.starts_with(k_numbered)) {
    const std::string number = name.substr(k_numbered.size());
    const bool short_enough = number.size() == 1 || number.size() == 2;
    if (short_enough && number.find_first_not_of("0123456789") == std::string::npos) { return; }
  }
  throw UsageError("--device", one_line(name), "not the name of a device: use auto, cpu, cuda or cuda:N");
}

std::unique_ptr<ImageEncoder> open_encoder(const std::filesystem::path& model_file, const EncoderOptions& options)
{
  require_device_name(options.device);
  const std::filesystem::path module = find_module();
  if (module.empty()) {
    throw ModelError(k_module, "load", "not found, this build has no encoder: build with -DVIDCV_WITH_TORCH=ON");
  }
  const ModelDescription model = read_description(model_file);  // a bad file is told before LibTorch is loaded
  static OpenEncoderFunction* const open = load_module(module);
  return std::unique_ptr<ImageEncoder>(open(model_file, model, options));
}

std::string torch_version()
{
#ifdef VIDCV_TORCH_VERSION
  if (!find_module().empty()) { return VIDCV_TORCH_VERSION; }
#endif
  return {};
}

}  // namespace vidcv
