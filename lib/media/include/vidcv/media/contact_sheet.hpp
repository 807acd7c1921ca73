#pragma once

#include <vidcv/core/image.hpp>

#include <string>
#include <vector>

namespace vidcv {

/// Small pictures side by side, each with a line of text below and all under a heading. Texts are UTF-8 in any script
/// that the machine has a font for; one that is too wide ends with an ellipsis.
class ContactSheet {
 public:
  static constexpr int k_picture_side = 320;
  static constexpr std::size_t k_most_pictures = 400;

  explicit ContactSheet(std::string heading) : m_heading(std::move(heading)) {}

  /// @throws InputError beyond k_most_pictures
  void add(const RgbImage& picture, const std::string& label);
  void clear() { m_cells.clear(); }
  RgbImage image() const;

 private:
  struct Cell {
    RgbImage picture;
    std::string label;
  };
  std::string m_heading;
  std::vector<Cell> m_cells;
};

}  // namespace vidcv
