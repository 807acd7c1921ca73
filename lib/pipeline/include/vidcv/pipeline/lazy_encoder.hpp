#pragma once

#include <vidcv/clip/encoder.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace vidcv {

/// A model that is opened when the first picture is ready, and not before.
class LazyEncoder {
 public:
  /// @throws ModelError if the file is not a model; LibTorch is not loaded for that
  LazyEncoder(const std::filesystem::path& model_file, const EncoderOptions& options);
  /// One that `open` opens.
  LazyEncoder(ModelDescription model, std::function<std::unique_ptr<ImageEncoder>()> open,
              std::optional<std::string> precision = "fp32");

  const ModelDescription& model() const noexcept { return m_model; }
  /// The precision in which vectors are computed and with which they are stored. Opens the model where the description
  /// does not settle it.
  std::string precision();
  bool is_open() const noexcept { return m_encoder != nullptr; }
  /// Opens the model at the first call.
  ImageEncoder& get();

 private:
  ModelDescription m_model;
  std::optional<std::string> m_precision;
  std::function<std::unique_ptr<ImageEncoder>()> m_open;
  std::unique_ptr<ImageEncoder> m_encoder;
};

}  // namespace vidcv
