#include <vidcv/sampling/regions.hpp>

#include <algorithm>

namespace vidcv {
namespace {

constexpr int k_least_side = 32;

/// Where squares of `side` begin along `length`.
std::vector<int> offsets(int length, int side)
{
  const int step = std::max(1, side / 2);
  const int steps = (length - side + step - 1) / step;
  std::vector<int> places = {0};
  for (int i = 1; i <= steps; ++i) {
    places.push_back(static_cast<int>(static_cast<long long>(length - side) * i / steps));
  }
  return places;
}

void add_squares(int width, int height, int side, std::vector<Box>& boxes)
{
  if (side < k_least_side) { return; }
  const bool fills = side == std::min(width, height);
  for (const int y : offsets(height, side)) {
    for (const int x : offsets(width, side)) {
      const bool is_middle = x == (width - side) / 2 && y == (height - side) / 2;
      if (!fills || !is_middle) { boxes.push_back({x, y, x + side, y + side}); }
    }
  }
}

}  // namespace

std::vector<Box> region_boxes(int width, int height)
{
  const int side = std::min(width, height);
  std::vector<Box> boxes;
  add_squares(width, height, side, boxes);
  add_squares(width, height, side / 2, boxes);
  return boxes;
}

}  // namespace vidcv
