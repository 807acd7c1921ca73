#pragma once

#include <vidcv/core/image.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace vidcv {

/// A frame in a COCO dataset.
struct CocoImage {
  std::string clip;  ///< path, any bytes
  std::int64_t frame_number = 0;
  double timestamp_s = 0;
  int width = 0;
  int height = 0;
};

/// An asset in a frame.
struct CocoAnnotation {
  std::size_t image = 0;     ///< position in CocoSet::images
  std::size_t category = 0;  ///< position in CocoSet::categories
  Box box;
  double score = 0;
  std::string source;
};

struct CocoSet {
  std::vector<std::string> categories;
  std::vector<CocoImage> images;
  std::vector<CocoAnnotation> annotations;
};

/// COCO's object detection format, as pycocotools and FiftyOne read it: ids from 1, boxes as `[x, y, width, height]`.
/// An image's `file_name` is `CLIP/frame_NNNNNN.jpg`, with a number behind the name of a second clip of one name;
/// `clip`, `frame_number` and `timestamp_sec` stand beside it.
std::string coco_text(const CocoSet& set);

/// The header of a NumPy file (version 1.0) of float32 numbers, little-endian, in C order.
std::string npy_header(std::size_t rows, std::size_t columns);

}  // namespace vidcv
