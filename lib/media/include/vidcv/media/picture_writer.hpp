#pragma once

#include <vidcv/core/image.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vidcv {

enum class PictureFormat { jpeg, png };

/// The file name's ending, with its dot.
const char* extension_of(PictureFormat format) noexcept;

inline constexpr int k_jpeg_quality = 95;

/// `picture` with its longer side at most `longest` pixels, averaged over areas; a smaller one as it is.
RgbImage fitted(const RgbImage& picture, int longest);

/// A picture as JPEG: 4:2:0, baseline, sRGB.
/// @param quality  1 to 100
/// @throws InputError if it has over 65500 pixels a side
std::vector<std::byte> jpeg_bytes(const RgbImage& picture, int quality);

/// Writes a picture as one act; a file of that name is replaced.
/// @param jpeg_quality  1 to 100; 4:2:0, baseline, sRGB
/// @param note          a line of ASCII that goes into the file, as a JPEG comment or a PNG text; empty: none
/// @throws InputError if the format cannot hold the picture (a JPEG has 65500 pixels a side at most)
/// @throws StoreError if the disk does not take it
void write_picture(const RgbImage& picture, const std::filesystem::path& file, PictureFormat format,
                   int jpeg_quality = k_jpeg_quality, std::string_view note = {});

/// The note of a picture that write_picture() wrote. Nothing where the file has no such note, cannot be read, or was
/// changed since it was written.
std::optional<std::string> note_of(const std::filesystem::path& file);

}  // namespace vidcv
