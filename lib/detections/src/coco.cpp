#include "classes.hpp"
#include "json_fields.hpp"
#include "readers.hpp"

#include <vidcv/core/files.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr std::size_t k_largest_file = std::size_t{1} << 30U;

const json& required(const json& entry, const char* name)
{
  const json& value = field_of(entry, name);
  if (value.is_null()) { throw std::invalid_argument(std::string("it has no ") + name); }
  return value;
}

/// The images and categories of a dataset by their ids; bare results have none.
class CocoDataset {
 public:
  CocoDataset(const json& document, std::int64_t first_frame) : m_first_frame(first_frame)
  {
    for (const json& image : images_of(document)) {
      if (!is_named(image)) { continue; }
      const std::string id = id_text(image["id"]);
      if (!m_images.emplace(id, &image).second) { m_doubled.insert(id); }
    }
    for (const json& category : list_of(document, "categories")) {
      const json& id = field_of(category, "id");
      const json& name = field_of(category, "name");
      if (!id.is_null() && name.is_string()) { m_categories.add(id_text(id), name.get<std::string>()); }
    }
  }

  static const json& images_of(const json& document) { return list_of(document, "images"); }
  /// Whether an image has what names it.
  static bool is_named(const json& image)
  {
    return !field_of(image, "id").is_null() && field_of(image, "file_name").is_string();
  }
  ClassNames& categories() noexcept { return m_categories; }

  /// What an image may be: the frame that its frame_number says, or what its name says.
  /// @throws std::invalid_argument
  std::vector<FrameName> names_of_image(const json& id) const
  {
    const json* image = find(id);
    if (image != nullptr) { return names_of_entry(*image); }
    if (!m_images.empty()) { throw std::invalid_argument("image_id " + id_text(id) + " is not one of the images"); }
    std::vector<FrameName> names = names_of(id_text(id), m_first_frame);
    names.front().is_number = id.is_number_integer();
    return names;
  }

  /// Makes shares of pixels where the image says how large it is: it may have been made smaller for the detector.
  void set_shares(Detection& detection, const json& id) const
  {
    const json* image = find(id);
    if (image == nullptr) { return; }
    const json& width = field_of(*image, "width");
    const json& height = field_of(*image, "height");
    if (!width.is_number() || !height.is_number() || !(width > 0) || !(height > 0)) { return; }
    for (std::size_t i = 0; i < detection.corners.size(); ++i) {
      detection.corners.at(i) /= (i % 2 == 0 ? width : height).get<double>();
    }
    detection.shares = true;
  }

  std::vector<FrameName> names_of_entry(const json& image) const
  {
    const std::string name = field_of(image, "file_name").get<std::string>();
    std::vector<FrameName> names = names_of(name, m_first_frame);
    const json& frame = field_of(image, "frame_number");
    if (!frame.is_number_integer()) { return names; }
    if (frame < 0) { throw std::invalid_argument("frame_number is below 0"); }
    for (FrameName& other : names) {
      other.is_picture = false;
      other.frame_number = frame.get<std::int64_t>();
    }
    return names;
  }

 private:
  static const json& list_of(const json& document, const char* name)
  {
    static const json k_empty = json::array();
    const json& list = field_of(document, name);
    return list.is_array() ? list : k_empty;
  }

  const json* find(const json& id) const
  {
    const auto known = m_images.find(id_text(id));
    if (known == m_images.end()) { return nullptr; }
    if (m_doubled.contains(known->first)) { throw std::invalid_argument("several images have the id " + known->first); }
    return known->second;
  }

  std::int64_t m_first_frame;
  std::map<std::string, const json*> m_images;
  std::set<std::string> m_doubled;
  ClassNames m_categories;
};

/// The box is x, y, width, height in pixels.
Detection annotation(const json& entry, CocoDataset& dataset)
{
  if (!entry.is_object()) { throw std::invalid_argument("not an object"); }
  const json& at = required(entry, "bbox");
  const auto is_number = [](const json& x) { return x.is_number(); };
  if (!at.is_array() || at.size() != 4 || !std::ranges::all_of(at, is_number)) {
    throw std::invalid_argument("bbox is not a list of four numbers");
  }
  const json& score = required(entry, "score");
  if (!score.is_number()) { throw std::invalid_argument("score is not a number"); }
  const auto box = at.get<std::array<double, 4>>();
  if (!(box[2] > 0 && box[3] > 0)) { throw std::invalid_argument("bbox is empty: it is x, y, width, height"); }
  Detection found;
  found.names = dataset.names_of_image(required(entry, "image_id"));
  found.corners = {box[0], box[1], box[0] + box[2], box[1] + box[3]};
  dataset.set_shares(found, entry["image_id"]);
  const json& category = required(entry, "category_id");
  found.label = category.is_string() ? category.get<std::string>() : dataset.categories().name_of(id_text(category));
  found.confidence = score.get<double>();
  return found;
}

/// Adds the images that no entry is about: nothing was found in them. An entry that cannot be used says that something
/// was.
void add_empty_images(const fs::path& file, const json& document, const json& entries, const CocoDataset& dataset,
                      std::vector<Detection>& all, const DetectionEvents& events)
{
  std::set<std::string> seen;
  for (const json& entry : entries) { seen.insert(id_text(field_of(entry, "image_id"))); }
  const json& images = CocoDataset::images_of(document);
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (!CocoDataset::is_named(images[i]) || seen.contains(id_text(images[i]["id"]))) { continue; }
    read_entry(file, "image", i + 1, all, events, [&] {
      Detection nothing;
      nothing.names = dataset.names_of_entry(images[i]);
      nothing.is_nothing = true;
      return nothing;
    });
  }
}

json document_of(const fs::path& file)
{
  try {
    return parsed_json(read_file(file, k_largest_file));
  } catch (const std::invalid_argument& wrong) {
    throw InputError(file.native(), "decode", wrong.what());
  }
}

}  // namespace

void read_coco(const fs::path& file, std::int64_t first_frame, std::vector<Detection>& all,
               const DetectionEvents& events)
{
  const json document = document_of(file);
  const json& entries = document.is_array() ? document : field_of(document, "annotations");
  if (!entries.is_array()) {
    throw InputError(file.native(), "decode",
                     "not a COCO file: neither an array of results nor an object with annotations");
  }
  CocoDataset dataset(document, first_frame);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    read_entry(file, "entry", i + 1, all, events, [&] { return annotation(entries[i], dataset); });
  }
  add_empty_images(file, document, entries, dataset, all, events);
  const auto unnamed = dataset.categories().warning(file, "a dataset names them in its categories");
  if (unnamed) { events.warned(*unnamed); }
}

}  // namespace vidcv
