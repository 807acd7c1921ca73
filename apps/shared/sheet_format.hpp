#pragma once

#include <vidcv/media/picture_writer.hpp>

#include <string>

namespace vidcv {

/// The format of a contact sheet's file, by its ending.
/// @throws UsageError about `--sheet` for any but .jpg, .jpeg and .png
PictureFormat sheet_format(const std::string& name);

}  // namespace vidcv
