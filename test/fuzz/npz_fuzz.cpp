#include "formats/npz.hpp"
#include "formats/safetensors.hpp"
#include "fuzz_input.hpp"

#include <vidcv/core/error.hpp>

// Whatever the bytes are: arrays that are as long as their shapes say, or an error. The first byte says whether they
// are an array or an archive.

namespace {

void check(const vidcv::NumpyArray& array)
{
  std::uint64_t bytes = array.type == "<f4" ? 4 : 1;
  for (const std::int64_t n : array.shape) { bytes *= static_cast<std::uint64_t>(n); }
  vidcv::fuzz::require(array.bytes.size() == bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  static const vidcv::fuzz::Folder folder;
  if (size == 0) { return 0; }
  const std::string_view bytes = vidcv::fuzz::text_of(data + 1, size - 1);
  try {
    if (data[0] % 2 == 0) {
      check(vidcv::parse_npy(bytes));
    } else {
      for (const auto& [name, array] : vidcv::read_npz(folder.write("a.npz", bytes))) { check(array); }
    }
  } catch (const vidcv::FormatError&) {
  } catch (const vidcv::ModelError&) {
  }
  return 0;
}
