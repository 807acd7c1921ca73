#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace vidcv {

/// What every error about a model file ends with: how to get a good one.
inline constexpr std::string_view k_make_model = "make one with vidcv model import";

/// A file that lies beside the network in the TorchScript archive `file`; nothing if no file has this name.
/// @param limit  of its size, in bytes
/// @throws ModelError if the archive is missing, none, or damaged
std::optional<std::string> read_archived(const std::filesystem::path& file, std::string_view name, std::size_t limit);

/// What a zip archive is opened as, for messages.
struct ArchiveKind {
  std::string_view action;
  std::string_view name;     ///< `a model file`
  std::string_view way_out;  ///< how to get a good one
};

/// All files of any zip archive, by their names.
/// @throws ModelError if the archive is missing, none, or damaged
std::map<std::string, std::string> read_all_archived(const std::filesystem::path& file, std::size_t limit,
                                                     const ArchiveKind& kind);

/// The text of `vidcv.json` in the TorchScript archive `file`.
/// @throws ModelError if the file is missing, no archive, truncated or has no such text
std::string read_description_text(const std::filesystem::path& file);

}  // namespace vidcv
