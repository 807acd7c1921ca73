#pragma once

#include "formats/safetensors.hpp"

#include <vidcv/clip/model.hpp>
#include <vidcv/core/identity.hpp>

#include <string>

namespace vidcv {

/// SHA-256 over a canonical description and weight tensors, as docs/models.md lays them out.
class Fingerprint {
 public:
  explicit Fingerprint(std::string_view canonical);

  /// Weights come in ascending order of the bytes of their names.
  void add(const std::string& name, const StoredTensor& weight);
  /// 64 lower-case hex digits.
  std::string digits() { return m_hash.hex(); }

 private:
  Sha256 m_hash;
};

/// What a picture's vector depends on beside the weights.
std::string canonical(const ModelDescription& model);
/// The same for a text's.
std::string canonical(const TextDescription& text, int dim, const std::string& activation);

}  // namespace vidcv
