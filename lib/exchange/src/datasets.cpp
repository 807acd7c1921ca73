#include <vidcv/exchange/datasets.hpp>

#include "text_parts.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>

namespace vidcv {
using json = nlohmann::ordered_json;
namespace {

/// A folder for each clip: its name without the ending, and a number where another clip has that name.
class ClipFolders {
 public:
  std::string of(const std::string& clip)
  {
    const auto [known, is_new] = m_folders.try_emplace(clip);
    if (!is_new) { return known->second; }
    std::string stem = base_name(clip);
    if (const std::size_t dot = stem.rfind('.'); dot != std::string::npos && dot > 0) { stem.resize(dot); }
    const std::size_t before = m_taken[stem]++;
    known->second = before == 0 ? stem : fmt::format("{}-{}", stem, before + 1);
    return known->second;
  }

 private:
  std::map<std::string, std::string> m_folders;  // by path
  std::map<std::string, std::size_t> m_taken;
};

json annotation_json(const CocoAnnotation& annotation, std::size_t id)
{
  const Box& box = annotation.box;
  const int width = box.x2 - box.x1;
  const int height = box.y2 - box.y1;
  return {{"id", id},
          {"image_id", annotation.image + 1},
          {"category_id", annotation.category + 1},
          {"bbox", {box.x1, box.y1, width, height}},
          {"area", std::int64_t{width} * height},
          {"iscrowd", 0},
          {"score", annotation.score},
          {"source", annotation.source}};
}

}  // namespace

std::string coco_text(const CocoSet& set)
{
  json document = {{"info", {{"description", "appearances found by vidcv"}, {"version", "1.0"}}},
                   {"licenses", json::array()},
                   {"categories", json::array()},
                   {"images", json::array()},
                   {"annotations", json::array()}};
  for (std::size_t i = 0; i < set.categories.size(); ++i) {
    document["categories"].push_back({{"id", i + 1}, {"name", set.categories[i]}, {"supercategory", "asset"}});
  }
  ClipFolders folders;
  for (std::size_t i = 0; i < set.images.size(); ++i) {
    const CocoImage& image = set.images[i];
    document["images"].push_back(
        {{"id", i + 1},
         {"file_name", fmt::format("{}/frame_{:06}.jpg", folders.of(image.clip), image.frame_number)},
         {"width", image.width},
         {"height", image.height},
         {"clip", image.clip},
         {"frame_number", image.frame_number},
         {"timestamp_sec", image.timestamp_s}});
  }
  for (std::size_t i = 0; i < set.annotations.size(); ++i) {
    document["annotations"].push_back(annotation_json(set.annotations[i], i + 1));
  }
  return document.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string npy_header(std::size_t rows, std::size_t columns)
{
  std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", rows, columns);
  constexpr std::size_t k_fixed = 10;  // magic, version and length
  constexpr std::size_t k_alignment = 64;
  header.append((k_alignment - (k_fixed + header.size() + 1) % k_alignment) % k_alignment, ' ');
  header += '\n';
  std::string magic("\x93NUMPY\x01\x00", 8);
  magic += static_cast<char>(header.size() & 0xFF);
  magic += static_cast<char>(header.size() >> 8U);
  return magic + header;
}

}  // namespace vidcv
