#pragma once

#include "input/av.hpp"
#include "stills/tiff_file.hpp"

namespace vidcv {

/// The first picture of a TIFF as a frame: gray, gray with alpha, RGB or RGBA, in 8 or 16 bits. Palettes, inks (by
/// Pillow's formula) and YCbCr become RGB. Alpha that is multiplied in is divided out, and extra samples that do not
/// say that they are alpha are left out.
/// @throws MediaError for a kind that libtiff does not decode, by its name
FramePtr tiff_pixels(TiffFile& tiff);

}  // namespace vidcv
