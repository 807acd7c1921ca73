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

  /// What an image may be: by its frame_number, where it has one and its name is a clip's, or by its name.
  /// @throws std::invalid_argument
  std::vector<FrameName> names_of_image(const json& id) const
  {
    const auto known = m_images.find(id.dump());
    if (known == m_images.end()) {
      if (!m_images.empty()) { throw std::invalid_argument("image_id " + id.dump() + " is none of the images"); }
      return names_of(id.is_string() ? id.get<std::string>() : id.dump(), m_first_frame);
    }
    const std::string name = known->second["file_name"].get<std::string>();
    const json frame = known->second.value("frame_number", json());
    if (!frame.is_number_integer()) { return names_of(name, m_first_frame); }
    if (frame < 0) { throw std::invalid_argument("frame_number is below 0"); }
    std::vector<FrameName> names = names_of(name, m_first_frame);
    for (FrameName& other : names) { other.frame_number = frame.get<std::int64_t>(); }
    names.front().is_picture = false;
    return names;
  }

  /// Makes shares of pixels where the image says how large it is: it may have been made smaller for the detector.
  void set_shares(Detection& detection, const json& id) const
  {
    const auto known = m_images.find(id.dump());
    if (known == m_images.end()) { return; }
    const json width = known->second.value("width", json());
    const json height = known->second.value("height", json());
    if (!width.is_number() || !height.is_number() || !(width > 0) || !(height > 0)) { return; }
    for (std::size_t i = 0; i < detection.corners.size(); ++i) {
      detection.corners.at(i) /= (i % 2 == 0 ? width : height).get<double>();
    }
    detection.shares = true;
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
  if (!(box[2] > 0 && box[3] > 0)) { throw std::invalid_argument("bbox is empty: it is x, y, width, height"); }
  Detection found;
  found.names = names.names_of_image(required(entry, "image_id"));
  found.corners = {box[0], box[1], box[0] + box[2], box[1] + box[3]};
  names.set_shares(found, entry["image_id"]);
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
