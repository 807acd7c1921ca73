#include "encoder/device.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/text.hpp>

#include <cpuid.h>
#include <fmt/format.h>

#include <string_view>
#include <vector>

namespace vidcv {
namespace {

constexpr std::string_view k_numbered = "cuda:";

bool has_avx512()
{
  return __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
         __builtin_cpu_supports("avx512dq") != 0;
}

/// Registers of a leaf of cpuid; zeros where there is no such leaf.
struct CpuId {
  CpuId(unsigned leaf, unsigned part) { __get_cpuid_count(leaf, part, &a, &b, &c, &d); }
  unsigned a = 0, b = 0, c = 0, d = 0;
};
constexpr unsigned k_features = 7;

bool has_avx512_bf16()
{
  return (CpuId(k_features, 1).a & 1U << 5U) != 0;
}

}  // namespace

bool has_amx_bf16()
{
  return (CpuId(k_features, 0).d & 1U << 22U) != 0;
}

namespace {

/// Whether the processor has instructions for products of bfloat16, by AVX512-BF16 or AMX-BF16.
bool multiplies_brain_floats()
{
  return has_avx512() && (has_amx_bf16() || has_avx512_bf16());
}

}  // namespace

std::string processor_features()
{
  std::vector<std::string_view> features;
  if (__builtin_cpu_supports("avx2") != 0) { features.emplace_back("AVX2"); }
  if (has_avx512()) { features.emplace_back("AVX-512"); }
  if (has_avx512_bf16()) { features.emplace_back("AVX512-BF16"); }
  if (has_amx_bf16()) { features.emplace_back("AMX-BF16"); }
  return features.empty() ? "none beyond SSE" : fmt::format("{}", fmt::join(features, ", "));
}

void require_device_name(const std::string& name)
{
  if (name == "auto" || name == "cpu" || name == "cuda") { return; }
  if (name.starts_with(k_numbered)) {
    const std::string number = name.substr(k_numbered.size());
    const bool short_enough = number.size() == 1 || number.size() == 2;
    if (short_enough && number.find_first_not_of("0123456789") == std::string::npos) { return; }
  }
  throw UsageError("", one_line(name), "not the name of a device: use auto, cpu, cuda or cuda:N");
}

std::string choose_device(const std::string& name, int devices)
{
  if (name == "cpu" || (name == "auto" && devices == 0)) { return "cpu"; }
  if (devices == 0) { throw ModelError(name, "open", "LibTorch sees no CUDA device: use --device cpu"); }
  const std::string number = name.starts_with(k_numbered) ? name.substr(k_numbered.size()) : "0";
  if (std::stoi(number) >= devices) {
    throw ModelError(name, "open", fmt::format("no such device, the last one is cuda:{}", devices - 1));
  }
  return fmt::format("cuda:{}", std::stoi(number));
}

std::string precision_on(const EncoderOptions& options, bool cuda)
{
  const std::string& precision = options.precision;
  if (precision == "auto") { return cuda ? "fp16" : multiplies_brain_floats() ? "bf16" : "fp32"; }
  if (precision != "fp32" && precision != "bf16") {
    throw UsageError("", one_line(precision), "is not a precision: use fp32, bf16 or auto");
  }
  if (precision == "bf16" && !cuda && !has_avx512()) {
    throw UsageError("", "bf16", "this processor has no AVX-512: use fp32 or auto");
  }
  return precision;
}

}  // namespace vidcv
