#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vidcv {

/// Puts a line of ASCII into a JPEG (as its comment) or a PNG (as its text `Comment`), with a hash of all other bytes.
/// @param picture  as libjpeg-turbo or FFmpeg's encoder writes it
std::vector<std::byte> with_note(std::vector<std::byte> picture, std::string_view note);

/// The line that with_note() put into a picture; nothing where there is none, or where the picture was changed since.
std::optional<std::string> note_in(std::string_view picture);

}  // namespace vidcv
