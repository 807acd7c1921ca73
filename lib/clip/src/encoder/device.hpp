#pragma once

#include <vidcv/clip/encoder.hpp>

#include <string>

namespace vidcv {

/// `cpu` or `cuda:N` for the name of a device.
/// @param devices  how many CUDA devices there are
/// @throws ModelError if there is no such device
std::string choose_device(const std::string& name, int devices);

/// The precision that is computed with: `auto` is bf16 where the processor multiplies such numbers, and fp16 on CUDA.
/// @throws UsageError for a word that is not a precision, or one that the device does not have
std::string precision_on(const EncoderOptions& options, bool cuda);

/// Whether the processor multiplies bfloat16 in tiles (AMX-BF16).
bool has_amx_bf16();

}  // namespace vidcv
