#pragma once

#include <vidcv/clip/encoder.hpp>

#include <cstddef>
#include <filesystem>

// What vidcv-torch.so and the programs agree on. The module is opened with dlopen, so both must be of one build: the
// number below changes with the structures that cross the border, and with every change of meaning by hand.

namespace vidcv {

inline constexpr std::size_t k_module_abi = 1'000'000'000 + 10'000 * sizeof(ModelDescription) + sizeof(EncoderOptions);

/// Makes the encoder of a model file whose description was read; the caller owns it. Throws as open_encoder() does.
using OpenEncoderFunction = ImageEncoder*(const std::filesystem::path& file, const ModelDescription& model,
                                          const EncoderOptions& options);

inline constexpr const char* k_module_abi_symbol = "vidcv_module_abi";      // const std::size_t
inline constexpr const char* k_open_encoder_symbol = "vidcv_open_encoder";  // OpenEncoderFunction

}  // namespace vidcv
