#include "fuzz_input.hpp"
#include "stills/tiff_pixels.hpp"

// Whatever a TIFF file is: a picture of the size that its tags say, or a MediaError.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  namespace fuzz = vidcv::fuzz;
  vidcv::DecodeOptions options;
  options.limits.pixels = 1 << 16;
  const vidcv::MediaFile file("file", fuzz::open_bytes(fuzz::text_of(data, size)));
  const vidcv::LimitWatch limits("file", options);
  try {
    vidcv::TiffFile tiff(file, limits);
    const vidcv::TiffShape& shape = tiff.shape();
    if (shape.is_raw || !limits.allows_pixels(shape.width, shape.height)) { return 0; }  // as open_tiff() does
    const vidcv::FramePtr frame = vidcv::tiff_pixels(tiff);
    fuzz::require(frame->width == static_cast<int>(shape.width) && frame->height == static_cast<int>(shape.height));
  } catch (const vidcv::MediaError&) {
  }
  return 0;
}
