#include "formats/safetensors.hpp"

#include "formats/weights_file.hpp"
#include "fuzz_input.hpp"
#include "tiny_weights.hpp"
#include "weights/clip_shape.hpp"
#include "weights/clip_weights.hpp"
#include "weights/open_clip_shape.hpp"

#include <span>

// Whatever the bytes are: tensors that lie within them, the weights of the network that they are taken for, or a
// FormatError.

namespace {

using vidcv::fuzz::require;

void check(const vidcv::StoredTensor& tensor, std::span<const std::byte> file)
{
  require(tensor.bytes.empty() || (tensor.bytes.data() >= file.data() &&
                                   tensor.bytes.data() + tensor.bytes.size() <= file.data() + file.size()));
  if (tensor.type == "F32" || tensor.type == "F16" || tensor.type == "BF16") { vidcv::to_floats(tensor); }
}

void check(const std::vector<vidcv::Weight>& weights)
{
  for (const vidcv::Weight& weight : weights) {
    std::size_t count = 1;
    for (const std::int64_t n : weight.shape) { count *= static_cast<std::size_t>(n); }
    require(weight.numbers.size() == count);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const auto file = std::as_bytes(std::span(data, size));
  vidcv::foreign_kind(file, "file");
  try {
    const auto tensors = vidcv::read_safetensors(file);
    for (const auto& [name, tensor] : tensors) { check(tensor, file); }
    vidcv::require_known_names(tensors);
    const vidcv::ClipShape shape = vidcv::is_open_clip(tensors) ? vidcv::shape_from_open_clip(tensors, "", {"gelu", 64})
                                                                : vidcv::shape_from_config(vidcv::fuzz::k_config);
    require(shape.vision.grid() >= 1);
    check(vidcv::weights_of(shape, vidcv::Tower::vision, tensors));
    if (shape.text) { check(vidcv::weights_of(shape, vidcv::Tower::text, tensors)); }
  } catch (const vidcv::FormatError&) {
  }
  return 0;
}
