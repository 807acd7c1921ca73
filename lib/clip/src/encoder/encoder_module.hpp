#pragma once

#include "weights/clip_weights.hpp"

#include <vidcv/clip/encoder.hpp>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

// What vidcv-torch.so and the programs agree on. The module is opened with dlopen, so both must be of one build: the
// number below changes with the structures that cross the border, and with every change of meaning by hand.

namespace vidcv {

/// A model file to be written.
struct ModelPlan {
  ClipShape shape = {};
  std::vector<Weight> vision = {};
  std::vector<Weight> text = {};                  ///< empty: no text tower
  std::map<std::string, std::string> files = {};  ///< beside the towers, by name
};

inline constexpr std::size_t k_module_abi = 3'000'000'000 + 10'000 * sizeof(ModelDescription) +
                                            100 * sizeof(EncoderOptions) + sizeof(ModelPlan) + sizeof(Weight);

inline constexpr std::size_t k_most_tower_bytes = std::size_t{8} << 30U;
/// The text tower's place beside the description.
inline constexpr const char* k_text_tower = "text.pt";

using SeeWeights = std::function<void(const std::map<std::string, StoredTensor>& weights)>;

/// What the module does; each function throws ModelError.
struct EncoderModule {
  /// Makes the encoder of a model file whose description was read; the caller owns it.
  ImageEncoder* (*open_encoder)(const std::filesystem::path& file, const ModelDescription& model,
                                const EncoderOptions& options);
  /// The same for texts.
  /// @param tower  the bytes of k_text_tower
  TextEncoder* (*open_text_encoder)(const std::filesystem::path& file, const ModelDescription& model,
                                    const EncoderOptions& options, const std::string& tower);
  /// @throws StoreError if the disk does not take it
  void (*write_model)(const ModelPlan& plan, const std::filesystem::path& file);
  /// Shows the weights of the vision tower, or of the text tower whose bytes are given, by name.
  void (*show_weights)(const std::filesystem::path& file, const std::string& tower, const SeeWeights& see);
  /// Of the LibTorch that is loaded.
  std::string (*torch_version)();
};

inline constexpr const char* k_module_abi_symbol = "vidcv_module_abi";  // const std::size_t
inline constexpr const char* k_module_symbol = "vidcv_module";          // const EncoderModule

/// The module beside this program, loaded at the first call.
/// @throws ModelError saying why there is none
const EncoderModule& encoder_module();

}  // namespace vidcv
