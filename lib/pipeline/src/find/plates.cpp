#include "find/plates.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

namespace vidcv {
namespace {

constexpr int k_width = 640;
constexpr int k_height = 360;
constexpr std::size_t k_cards = 24;

/// Marsaglia's xorshift of 32 bits.
class Numbers {
 public:
  explicit Numbers(std::uint32_t seed) : m_state(seed) {}

  int below(int n)
  {
    m_state ^= m_state << 13U;
    m_state ^= m_state >> 17U;
    m_state ^= m_state << 5U;
    return static_cast<int>(m_state % static_cast<std::uint32_t>(n));
  }

 private:
  std::uint32_t m_state;
};

class Canvas {
 public:
  explicit Canvas(int ground)
      : m_image{k_width, k_height,
                std::vector<std::uint8_t>(std::size_t{3} * k_width * k_height, static_cast<std::uint8_t>(ground))}
  {
  }

  void dot(int x, int y, int gray) { dot(x, y, {gray, gray, gray}); }
  void dot(int x, int y, const std::array<int, 3>& colour)
  {
    if (x < 0 || x >= k_width || y < 0 || y >= k_height) { return; }
    std::uint8_t* pixel = m_image.row(y) + std::ptrdiff_t{3} * x;
    for (const int level : colour) { *pixel++ = static_cast<std::uint8_t>(level); }
  }

  /// Pixels within half of `thickness` of the line between two points.
  void stroke(int x0, int y0, int x1, int y1, int thickness, int gray)
  {
    const std::int64_t dx = x1 - x0;
    const std::int64_t dy = y1 - y0;
    const std::int64_t length = dx * dx + dy * dy;  // squared
    for (int y = std::min(y0, y1) - thickness; y <= std::max(y0, y1) + thickness; ++y) {
      for (int x = std::min(x0, x1) - thickness; x <= std::max(x0, x1) + thickness; ++x) {
        const std::int64_t along = (x - x0) * dx + (y - y0) * dy;
        const std::int64_t across = (x - x0) * dy - (y - y0) * dx;
        if (length == 0 || along < 0 || along > length) { continue; }
        if (4 * across * across <= std::int64_t{thickness} * thickness * length) { dot(x, y, gray); }
      }
    }
  }

  /// Pixels between two circles; a disc where the inner radius is 0.
  void ring(int cx, int cy, int inner, int outer, int gray)
  {
    for (int y = cy - outer; y <= cy + outer; ++y) {
      for (int x = cx - outer; x <= cx + outer; ++x) {
        const int distance = (x - cx) * (x - cx) + (y - cy) * (y - cy);  // squared
        if (distance >= inner * inner && distance <= outer * outer) { dot(x, y, gray); }
      }
    }
  }

  template <typename GrayAt>
  void fill(GrayAt gray_at)
  {
    for (int y = 0; y < k_height; ++y) {
      for (int x = 0; x < k_width; ++x) { dot(x, y, gray_at(x, y)); }
    }
  }

  RgbImage take() { return std::move(m_image); }

 private:
  RgbImage m_image;
};

/// How the letters of a card look.
struct Type {
  int height = 0;
  int thickness = 0;
  int gray = 0;
  bool only_capitals = false;
};

/// Two or three strokes of a 3 x 3 grid, and rings. Returns the width.
int draw_letter(Canvas& canvas, Numbers& numbers, int x, int y, const Type& type)
{
  const int width = type.height * (30 + numbers.below(30)) / 100;
  const bool is_tall = type.only_capitals || numbers.below(3) == 0;
  const int top = is_tall ? y : y + type.height * 3 / 10;
  const int bottom = y + type.height;
  const std::array<int, 3> xs = {x, x + width / 2, x + width};
  const std::array<int, 3> ys = {top, top + (bottom - top) / 2, bottom};
  const auto any = [&] { return static_cast<std::size_t>(numbers.below(3)); };
  for (int strokes = 2 + numbers.below(2); strokes > 0; --strokes) {
    const int kind = numbers.below(8);
    if (kind < 2) {
      const std::size_t i = any();
      canvas.stroke(xs.at(i), top, xs.at(i), bottom, type.thickness, type.gray);
    } else if (kind < 4) {
      const std::size_t i = any();
      canvas.stroke(xs[0], ys.at(i), xs[2], ys.at(i), type.thickness, type.gray);
    } else if (kind < 6) {
      const int from = xs.at(any());
      canvas.stroke(from, top, xs.at(any()), bottom, type.thickness, type.gray);
    } else if (width / 2 > type.thickness) {
      canvas.ring(x + width / 2, bottom - width / 2, width / 2 - type.thickness, width / 2, type.gray);
    }
  }
  return width;
}

void draw_line(Canvas& canvas, Numbers& numbers, int y, const Type& type)
{
  std::vector<int> words(static_cast<std::size_t>(1 + numbers.below(4)));
  int width = 0;
  for (int& letters : words) {
    letters = 2 + numbers.below(8);
    width += letters * type.height * 65 / 100 + type.height / 2;
  }
  int x = numbers.below(5) != 0 ? (k_width - width) / 2 : 50;
  for (const int letters : words) {
    for (int i = 0; i < letters; ++i) {
      x += draw_letter(canvas, numbers, x, y, type) + std::max(2, type.height * 20 / 100);
    }
    x += type.height / 2;
  }
}

RgbImage title_card(std::size_t number)
{
  constexpr std::array<int, 5> k_heights = {14, 20, 28, 40, 60};
  constexpr std::array<int, 6> k_lines = {1, 1, 2, 3, 5, 8};
  constexpr int k_most_text = 220;  // pixels of height
  Numbers numbers(static_cast<std::uint32_t>(number + 1) * 2654435761U);
  const bool is_light = number % 3 == 2;
  Canvas canvas(is_light ? 255 : 0);
  Type type;
  type.height = k_heights.at(static_cast<std::size_t>(numbers.below(5)));
  int lines = k_lines.at(static_cast<std::size_t>(numbers.below(6)));
  if (lines * type.height > k_most_text) { lines = 2; }
  type.thickness = std::max(2, type.height * (8 + numbers.below(9)) / 100);
  type.only_capitals = numbers.below(2) == 0;
  type.gray = is_light ? 24 : 235;
  const int step = type.height * 8 / 5;
  for (int i = 0; i < lines; ++i) { draw_line(canvas, numbers, (k_height - step * lines) / 2 + i * step, type); }
  return canvas.take();
}

RgbImage colour_bars()
{
  constexpr std::array<std::array<int, 3>, 8> k_bars = {
      {{255, 255, 255}, {255, 255, 0}, {0, 255, 255}, {0, 255, 0}, {255, 0, 255}, {255, 0, 0}, {0, 0, 255}, {0, 0, 0}}};
  Canvas canvas(0);
  for (int y = 0; y < k_height; ++y) {
    for (int x = 0; x < k_width; ++x) { canvas.dot(x, y, k_bars.at(static_cast<std::size_t>(x * 8 / k_width))); }
  }
  return canvas.take();
}

RgbImage disc(int radius, int ground, int gray)
{
  Canvas canvas(ground);
  canvas.ring(k_width / 2, k_height / 2, 0, radius, gray);
  return canvas.take();
}

RgbImage noise()
{
  constexpr int k_grain = 4;
  Numbers numbers(99);
  std::vector<int> grains(std::size_t{k_width / k_grain} * (k_height / k_grain));
  for (int& gray : grains) { gray = numbers.below(256); }
  Canvas canvas(0);
  canvas.fill([&](int x, int y) {
    const int grain = y / k_grain * (k_width / k_grain) + x / k_grain;
    return grains[static_cast<std::size_t>(grain)];
  });
  return canvas.take();
}

template <typename GrayAt>
RgbImage filled(GrayAt gray_at)
{
  Canvas canvas(0);
  canvas.fill(gray_at);
  return canvas.take();
}

}  // namespace

RgbImage plate(std::size_t number)
{
  if (number < k_cards) { return title_card(number); }
  switch (number - k_cards) {
    case 0:
      return filled([](int x, int) { return x * 255 / (k_width - 1); });
    case 1:
      return filled([](int, int y) { return y * 255 / (k_height - 1); });
    case 2:
      return colour_bars();
    case 3:
      return disc(40, 0, 235);
    case 4:
      return disc(120, 255, 24);
    case 5:
      return filled([](int x, int y) { return (x / 40 + y / 40) % 2 * 255; });
    case 6:
      return noise();
    default:
      return Canvas(128).take();
  }
}

}  // namespace vidcv
