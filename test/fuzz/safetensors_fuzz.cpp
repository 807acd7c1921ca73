#include "formats/safetensors.hpp"
#include "weights/clip_shape.hpp"
#include "weights/clip_weights.hpp"
#include "weights/open_clip_shape.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

// Whatever the bytes are: tensors that lie within them, or a FormatError.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const auto file = std::as_bytes(std::span(data, size));
  try {
    const auto tensors = vidcv::read_safetensors(file);
    for (const auto& [name, tensor] : tensors) {
      const bool within =
          tensor.bytes.empty() || (tensor.bytes.data() >= file.data() &&
                                   tensor.bytes.data() + tensor.bytes.size() <= file.data() + file.size());
      if (!within) { std::abort(); }
      if (tensor.type == "F32" || tensor.type == "F16" || tensor.type == "BF16") { vidcv::to_floats(tensor); }
    }
    if (vidcv::is_open_clip(tensors)) {
      vidcv::weights_of(vidcv::shape_from_open_clip(tensors, "", {"gelu", 64}), vidcv::Tower::vision, tensors);
    }
  } catch (const vidcv::FormatError&) {
  }
  return 0;
}
