#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string_view>

namespace vidcv {

enum class MediaKind {
  picture,  ///< usually; GIF and PNG may be animated
  video,
};

struct MediaName {
  std::string_view ending;  ///< of a file's name, with its dot, in small letters
  MediaKind kind;
};

/// The names of files that scans of folders take: those of all formats that vidcv reads, in the order of the alphabet.
/// docs/formats.md shows the same table. A file that is named itself is read whatever its name.
std::span<const MediaName> media_names() noexcept;

/// What a file is by its name, in any case of letters; nothing where the name is not in the table.
std::optional<MediaKind> kind_by_name(const std::filesystem::path& file);

}  // namespace vidcv
