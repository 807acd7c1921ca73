#include "detection_names.hpp"

#include <vidcv/core/files.hpp>
#include <vidcv/core/media_names.hpp>

#include <string>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

/// Whether a path is `name`, or ends so from a folder on.
bool ends_with(const fs::path& path, const fs::path& name)
{
  const std::string end = name.lexically_normal().native();
  return path.native() == end || path.native().ends_with("/" + end) || path == absolute_path(name);
}

}  // namespace

DetectionNames::DetectionNames(const std::vector<fs::path>& files)
{
  for (const fs::path& file : files) {
    const fs::path path = absolute_path(file);
    m_by_name[path.filename()].push_back({file, path});
    m_by_stem[path.stem()].push_back({file, path.parent_path() / path.stem()});
  }
}

/// With its ending or, if there is none of that name, without.
std::vector<fs::path> DetectionNames::find(const FrameName& name) const
{
  const fs::path path = name.file;
  for (const Names* names : {&m_by_name, &m_by_stem}) {
    const auto known = names->find(path.filename());
    if (known == names->end()) { continue; }
    std::vector<fs::path> found;
    for (const auto& [file, absolute] : known->second) {
      const bool fits = !name.is_picture || kind_by_name(file) == MediaKind::picture;
      if (fits && ends_with(absolute, path)) { found.push_back(file); }
    }
    if (!found.empty()) { return found; }
  }
  return {};
}

/// Names that fit different files make several of them.
DetectionNames::Meaning DetectionNames::meaning_of(const Detection& detection) const
{
  Meaning meaning;
  for (const FrameName& name : detection.names) {
    const std::vector<fs::path> found = find(name);
    if (meaning.files.empty()) { meaning.name = &name; }
    meaning.files.insert(meaning.files.end(), found.begin(), found.end());
  }
  return meaning;
}

}  // namespace vidcv
