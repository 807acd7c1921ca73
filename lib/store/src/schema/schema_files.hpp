#pragma once

#include <span>
#include <string_view>

namespace vidcv {

/// One file of schema/, compiled in.
struct SchemaFile {
  std::string_view number;  ///< `0002`
  std::string_view text;
};

/// All of them by number. Defined in a source that the build makes.
std::span<const SchemaFile> schema_files();

}  // namespace vidcv
