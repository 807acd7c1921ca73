#pragma once

#include "input/av.hpp"

#include <libheif/heif.h>

namespace vidcv {

/// The pixels that libheif decodes: RGB or RGBA, of 8 bits, or of 16 where the picture is HDR, which is mapped later.
/// @param file  as errors name it
/// @throws MediaError where libheif cannot decode it
FramePtr heif_pixels(const heif_image_handle& handle, const std::filesystem::path& file);

/// Throws MediaError where libheif reports a failure.
void require_heif(const heif_error& status, const std::filesystem::path& file, const char* action);

}  // namespace vidcv
