#include "detection_readers.hpp"

#include <vidcv/core/files.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr std::size_t k_largest_file = std::size_t{1} << 30U;

/// What the ids of a dataset mean; those of bare results mean themselves.
class CocoNames {
 public:
  CocoNames(const json& dataset, std::int64_t first_frame) : m_first_frame(first_frame)
  {
    if (!dataset.is_object()) { return; }
    for (const json& image : dataset.value("images", json::array())) {
      if (!image.is_object() || !image.contains("id") || !image.value("file_name", json()).is_string()) { continue; }
      m_images[image["id"].dump()] = image;
    }
    for (const json& category : dataset.value("categories", json::array())) {
      if (!category.is_object() || !category.contains("id") || !category.value("name", json()).is_string()) {
        continue;
      }
      m_categories[category["id"].dump()] = category["name"].get<std::string>();
    }
  }

  /// Sets clip and frame of an image: by its frame_number where it has one, or by its name.
  /// @throws std::invalid_argument
  void set_image(Detection& detection, const json& id) const
  {
    const auto known = m_images.find(id.dump());
    if (known == m_images.end()) {
      if (!m_images.empty()) { throw std::invalid_argument("image_id " + id.dump() + " is none of the images"); }
      return set_frame_by_name(detection, id.is_string() ? id.get<std::string>() : id.dump(), m_first_frame);
    }
    const std::string name = known->second["file_name"].get<std::string>();
    const json frame = known->second.value("frame_number", json());
    if (!frame.is_number_integer()) { return set_frame_by_name(detection, name, m_first_frame); }
    detection.clip = name;
    detection.frame_number = frame.get<std::int64_t>();
  }

  std::string category(const json& id) const
  {
    const auto known = m_categories.find(id.dump());
    return known == m_categories.end() ? id.dump() : known->second;
  }

 private:
  std::int64_t m_first_frame;
  std::map<std::string, json> m_images;
  std::map<std::string, std::string> m_categories;
};

const json& required(const json& entry, const char* name)
{
  const auto found = entry.find(name);
  if (found == entry.end()) { throw std::invalid_argument(std::string("it has no ") + name); }
  return *found;
}

/// The box is x, y, width, height in pixels.
Detection annotation(const json& entry, const CocoNames& names)
{
  if (!entry.is_object()) { throw std::invalid_argument("is no object"); }
  const json& at = required(entry, "bbox");
  const auto is_number = [](const json& x) { return x.is_number(); };
  if (!at.is_array() || at.size() != 4 || !std::ranges::all_of(at, is_number)) {
    throw std::invalid_argument("bbox is no list of four numbers");
  }
  const json& score = required(entry, "score");
  if (!score.is_number()) { throw std::invalid_argument("score is no number"); }
  const auto box = at.get<std::array<double, 4>>();
  Detection found;
  names.set_image(found, required(entry, "image_id"));
  found.corners = {box[0], box[1], box[0] + box[2], box[1] + box[3]};
  found.label = names.category(required(entry, "category_id"));
  found.confidence = score.get<double>();
  return found;
}

}  // namespace

void read_coco(const fs::path& file, std::int64_t first_frame, std::vector<Detection>& all,
               const DetectionEvents& events)
{
  const json document = json::parse(read_file(file, k_largest_file), nullptr, false);
  const bool is_dataset = document.is_object() && document.value("annotations", json()).is_array();
  if (!document.is_array() && !is_dataset) {
    throw InputError(file.native(), "decode",
                     "is no COCO file: neither an array of results nor an object with annotations");
  }
  const CocoNames names(document, first_frame);
  const json& entries = is_dataset ? document["annotations"] : document;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    read_entry(file, "entry", i + 1, all, events, [&] { return annotation(entries[i], names); });
  }
}

}  // namespace vidcv
