#pragma once

#include <vidcv/clip/model.hpp>
#include <vidcv/core/embedding.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vidcv {

struct EncoderOptions {
  std::string device = "auto";     ///< auto, cpu, cuda or cuda:N
  std::string precision = "fp32";  ///< fp32, bf16 or auto
  int threads = 0;                 ///< 0: one per processor
  int batch = 8;                   ///< pictures given at once, at least
};

/// Turns preprocessed pictures into unit vectors. Not for use by two threads at once.
/// On the CPU a picture's vector does not depend, to the bit, on the pictures it is given with or on the number of
/// threads; docs/decisions/0004 says how that is checked.
class ImageEncoder {
 public:
  virtual ~ImageEncoder() = default;

  virtual const ModelDescription& model() const noexcept = 0;
  /// The device that is used, `cpu` or `cuda:N`, and in brackets why if another one was hoped for.
  virtual std::string device() const = 0;
  /// `fp32`, `bf16` or `fp16`
  virtual std::string precision() const = 0;
  /// How many pictures to give at once: those of the options, on the CPU rounded up so that each thread has as many.
  virtual int batch() const noexcept = 0;

  /// @param pictures  float32 [n, 3, input_size, input_size] as preprocess() writes them, 1 <= n <= batch()
  /// @returns n unit vectors of model().dim numbers
  /// @throws ModelError if the model gives another width, numbers that are not finite, or fails
  virtual std::vector<Embedding> encode(std::span<const float> pictures) = 0;
};

/// @throws UsageError for a word that no device is called by
void require_device_name(const std::string& name);

/// Opens a model with `vidcv-torch.so`, which is looked for relative to the program and loaded at the first call.
/// @throws ModelError saying which file, why, and what to do
std::unique_ptr<ImageEncoder> open_encoder(const std::filesystem::path& model_file, const EncoderOptions& options);

/// Turns tokens into unit vectors in the same space.
class TextEncoder {
 public:
  virtual ~TextEncoder() = default;

  /// @param ids  of the model's own tokenizer, up to the first end of the text and no further
  /// @throws ModelError
  virtual Embedding encode(std::span<const std::int64_t> ids) = 0;
};

/// @throws ModelError if the model has no text tower, and as open_encoder() does
std::unique_ptr<TextEncoder> open_text_encoder(const std::filesystem::path& model_file, const EncoderOptions& options);

/// The precision that is computed with, before the encoder is open; nothing where that depends on whether there is a
/// CUDA device.
/// @throws UsageError for a word that is not a precision, or one that the processor does not have
std::optional<std::string> known_precision(const EncoderOptions& options);

/// What this processor has of the instructions that make a difference, `AVX2, AVX-512, AVX512-BF16, AMX-BF16`.
std::string processor_features();

/// The version of LibTorch that the encoder beside this program was built with; empty where there is no encoder.
std::string torch_version();

/// Opens the encoder module, and with it LibTorch, and asks LibTorch for its version.
/// @throws ModelError saying why it cannot be opened, and what to do
std::string open_torch();

}  // namespace vidcv
