#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>

namespace vidcv {

/// The text tower of a model.
struct TextDescription {
  std::string architecture;
  int context = 0;          ///< tokens at most, start and end among them
  std::string fingerprint;  ///< of its weights, as that of the model
  bool has_tokenizer = false;
  bool has_labels = false;  ///< it looks texts up among names, see label_texts.hpp
};

/// The description of a vidcv model file in `vidcv.json`, the archive's extra file. docs/models.md has the format.
struct ModelDescription {
  std::string name;
  std::string architecture;
  std::string activation;   ///< of the network, such as `quick_gelu`; may be empty
  std::string fingerprint;  ///< SHA-256 over weights and canonical description, 64 lower-case hex digits
  int dim = 0;
  int input_size = 0;            ///< the network sees input_size x input_size pixels
  int resize_short = 0;          ///< the short side before the centre crop, at least input_size
  std::string interpolation;     ///< `bicubic`, the one this vidcv knows
  std::array<double, 3> mean{};  ///< subtracted from each channel after `scale`
  std::array<double, 3> deviation{};
  double scale = 1;            ///< of the 8-bit levels: 1 or 1/255
  double match_threshold = 0;  ///< cosine from which two pictures show the same thing
  std::string source;
  std::optional<TextDescription> text;
  std::string no_texts;  ///< why it takes pictures only; may be empty, and is where it takes texts
  std::string json;      ///< the text itself

  bool takes_texts() const noexcept { return text && text->has_tokenizer; }
  bool knows_labels() const noexcept { return text && text->has_labels; }
};

/// Reads the description without loading the model, or LibTorch.
/// @throws ModelError saying which file, why, and what to do: missing, not a model, truncated, without vidcv.json, a
///         field missing or out of range
ModelDescription read_description(const std::filesystem::path& file);

}  // namespace vidcv
