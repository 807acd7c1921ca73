#pragma once

#include <vidcv/detections/detections.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace vidcv {

/// Names of a detector's classes by their ids, and which ids had none.
class ClassNames {
 public:
  void add(const std::string& id, const std::string& name) { m_names[id] = name; }

  /// The name of a class; the id itself where it has none.
  std::string name_of(const std::string& id);

  /// A warning about classes that were asked for and have no name; nothing where all have one.
  /// @param source  what was read
  /// @param way_out what gives them names
  std::optional<std::string> warning(const std::filesystem::path& source, const std::string& way_out) const;

 private:
  std::map<std::string, std::string> m_names;
  std::set<std::string> m_unnamed;
};

/// The names that belong to a label folder: `classes.txt`, one name per line, or the `names` of `data.yaml`, in the
/// folder or in the one above.
/// @throws InputError for a file that cannot be read
ClassNames read_class_names(const std::filesystem::path& folder, const DetectionEvents& events);

/// Whether a file of a label folder holds names and not labels.
bool is_class_names(const std::filesystem::path& file);

}  // namespace vidcv
