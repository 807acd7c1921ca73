#include "clip_names.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/identity.hpp>

#include <fmt/format.h>

#include <span>
#include <system_error>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t k_longest_stem = 220;    // with hash and marker within the 255 bytes of a file's name
constexpr std::size_t k_most_bytes = 1 << 16;  // of a path

/// Cut between characters of UTF-8 where it is too long.
std::string stem_of(const fs::path& file)
{
  const fs::path stem = file.stem();
  std::string name = (stem == "." || stem == ".." ? file.filename() : stem).native();
  if (name.size() <= k_longest_stem) { return name; }
  std::size_t end = k_longest_stem;
  while (end > 1 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) { --end; }
  return name.substr(0, end);
}

fs::path marker_of(const std::string& name, const fs::path& folder)
{
  return folder / ("." + name + ".clip");
}

/// The clip that has the name; empty where none has.
fs::path owner_of(const std::string& name, const fs::path& folder)
{
  const fs::path marker = marker_of(name, folder);
  std::error_code unknown;
  if (!fs::exists(marker, unknown)) { return {}; }
  std::string text = read_file(marker, k_most_bytes);
  if (text.ends_with('\n')) { text.pop_back(); }
  return text;
}

/// Whether the name is the clip's from here on.
bool reserve(const std::string& name, const fs::path& folder, const fs::path& clip)
{
  const std::string text = clip.native() + "\n";
  return create_file_atomically(marker_of(name, folder), std::as_bytes(std::span(text))) ||
         owner_of(name, folder) == clip;
}

}  // namespace

ClipNames::ClipNames(const std::vector<fs::path>& files)
{
  for (const fs::path& file : files) {
    const fs::path path = absolute_path(file);
    const auto [first, is_new] = m_first.try_emplace(stem_of(file), path);
    if (!is_new && path < first->second) { first->second = path; }
  }
}

/// The names that the clip may have, the nicest first.
std::vector<std::string> ClipNames::candidates(const fs::path& file, const fs::path& path) const
{
  const std::string stem = stem_of(file);
  const std::string hash = fmt::format("{:016x}", stable_hash(path.native()));
  return {stem, stem + "-" + hash.substr(0, 8), stem + "-" + hash};
}

std::string ClipNames::of(const fs::path& file, const fs::path& folder, bool reserves) const
{
  const fs::path path = absolute_path(file);
  const std::vector<std::string> names = candidates(file, path);
  for (const std::string& name : names) {
    if (owner_of(name, folder) == path) { return name; }
  }
  if (reserves) { make_folders(folder); }
  const bool is_first = m_first.at(names.front()) == path;
  for (std::size_t i = is_first ? 0 : 1; i < names.size(); ++i) {
    const bool is_mine = reserves ? reserve(names[i], folder, path) : owner_of(names[i], folder).empty();
    if (is_mine) { return names[i]; }
  }
  throw InputError(file.native(), "store", fmt::format("other clips have its names in {}", folder.native()));
}

}  // namespace vidcv
