#include <vidcv/clip/preprocess.hpp>

#include <vidcv/core/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

// Pillow's resize (Image.resize with BICUBIC, 8-bit) of what the centre crop keeps.
//
// Each output pixel is a weighted sum of neighbours, along the row and along the column, and each of the two sums is
// rounded to 8 bits. Weights are Keys' cubic with a = -1/2, stretched when the picture shrinks, divided by their sum in
// double, then rounded to 22 fractional bits; the sums are of integers. So an output pixel depends on its neighbours
// alone, and leaving out what the crop drops changes no bit.
//
// Which sum comes first does change bits. It is the one along the row; since 13.0 Pillow sums along the column first
// where that takes away over twice as many rows as columns: when it shrinks a picture over twice as tall as wide.

namespace vidcv {
namespace {

constexpr std::int32_t k_one = 4'194'304;  // 2^22: of 32 bits, 8 are for the level and 2 for the sign and sums above 1
constexpr std::int32_t k_half = k_one / 2;

/// What one output position is made of: source positions from `first` on, as many as there are weights.
struct Window {
  int first = 0;
  std::vector<std::int32_t> weights;
};

/// One axis of the resize: a window for each output position that is kept.
struct Axis {
  std::vector<Window> windows;

  int begin() const { return windows.front().first; }  ///< source positions [begin, end) are read
  int end() const { return windows.back().first + static_cast<int>(windows.back().weights.size()); }
};

/// Keys' cubic convolution kernel, a = -1/2.
double cubic(double x)
{
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1) { return ((a + 2) * x - (a + 3)) * x * x + 1; }
  if (x < 2) { return (((x - 5) * x + 8) * x - 4) * a; }
  return 0;
}

std::int32_t to_fixed(double weight)
{
  return static_cast<std::int32_t>(std::copysign(0.5, weight) + weight * k_one);  // to the nearest
}

/// The window [first, last) around `centre`, for a kernel stretched `shrink` times.
Window make_window(double centre, double shrink, int first, int last)
{
  std::vector<double> exact;
  double sum = 0;
  for (int i = first; i < last; ++i) {
    exact.push_back(cubic((i - centre + 0.5) * (1 / shrink)));
    sum += exact.back();
  }
  Window window{first, {}};
  for (const double weight : exact) { window.weights.push_back(to_fixed(weight / sum)); }
  return window;
}

/// The axis that resizes `source` positions to `resized` and keeps the `kept` in the middle.
Axis make_axis(int source, std::int64_t resized, int kept)
{
  const std::int64_t offset = (resized - kept) / 2;  // never negative: the short side is at least `kept`
  const double scale = static_cast<double>(source) / static_cast<double>(resized);
  const double shrink = std::max(scale, 1.0);
  const double support = 2 * shrink;
  Axis axis;
  for (int i = 0; i < kept; ++i) {
    const double centre = (static_cast<double>(offset + i) + 0.5) * scale;
    const double left = centre - support + 0.5;
    const double right = centre + support + 0.5;
    const int first = std::max(0, static_cast<int>(left));
    const int last = std::min(source, static_cast<int>(right));
    axis.windows.push_back(make_window(centre, shrink, first, last));
  }
  return axis;
}

/// The same axis for a picture that starts at its `begin`.
Axis counted_from_begin(Axis axis)
{
  const int begin = axis.begin();
  for (Window& window : axis.windows) { window.first -= begin; }
  return axis;
}

/// Both axes of a picture.
struct Axes {
  Axis columns;
  Axis rows;
  bool columns_first = false;  ///< the sum along the column comes first

  Box read() const { return {columns.begin(), rows.begin(), columns.end(), rows.end()}; }
};

Axes axes_of(int width, int height, const ModelDescription& model)
{
  if (width < 1 || height < 1) {
    throw InputError("picture", "encode", fmt::format("{} x {} pixels, nothing to see", width, height));
  }
  const int side = std::min(width, height);
  const std::int64_t resized_width = std::int64_t{model.resize_short} * width / side;
  const std::int64_t resized_height = std::int64_t{model.resize_short} * height / side;
  const bool columns_first = height > resized_height && height - resized_height > 2 * (width - resized_width);
  return {make_axis(width, resized_width, model.input_size), make_axis(height, resized_height, model.input_size),
          columns_first};
}

std::uint8_t to_level(std::int32_t sum)
{
  return static_cast<std::uint8_t>(std::min(std::max(sum, 0) / k_one, 255));
}

void resize_row(const std::uint8_t* row, const Axis& columns, std::uint8_t* out)
{
  for (const Window& window : columns.windows) {
    const std::uint8_t* pixel = row + std::ptrdiff_t{3} * window.first;
    std::int32_t red = k_half;
    std::int32_t green = k_half;
    std::int32_t blue = k_half;
    for (const std::int32_t weight : window.weights) {
      red += pixel[0] * weight;
      green += pixel[1] * weight;
      blue += pixel[2] * weight;
      pixel += 3;
    }
    *out++ = to_level(red);
    *out++ = to_level(green);
    *out++ = to_level(blue);
  }
}

RgbImage make_picture(std::size_t width, std::size_t height)
{
  return {static_cast<int>(width), static_cast<int>(height), std::vector<std::uint8_t>(3 * width * height)};
}

/// All rows, resized along their length.
RgbImage resize_rows(const RgbImage& picture, const Axis& columns)
{
  RgbImage out = make_picture(columns.windows.size(), static_cast<std::size_t>(picture.height));
  for (int y = 0; y < picture.height; ++y) { resize_row(picture.row(y), columns, out.row(y)); }
  return out;
}

/// All columns, resized along their length, by adding up whole rows: memory is quick at that.
RgbImage resize_columns(const RgbImage& picture, const Axis& rows)
{
  RgbImage out = make_picture(static_cast<std::size_t>(picture.width), rows.windows.size());
  std::vector<std::int32_t> sums(3 * static_cast<std::size_t>(out.width));
  int y = 0;
  for (const Window& window : rows.windows) {
    std::ranges::fill(sums, k_half);
    int source = window.first;
    for (const std::int32_t weight : window.weights) {
      const std::uint8_t* levels = picture.row(source++);
      for (std::size_t x = 0; x < sums.size(); ++x) { sums[x] += levels[x] * weight; }
    }
    std::ranges::transform(sums, out.row(y++), to_level);
  }
  return out;
}

/// @param part  what the axes read
RgbImage resized(const RgbImage& part, const Axes& axes)
{
  const Axis columns = counted_from_begin(axes.columns);
  const Axis rows = counted_from_begin(axes.rows);
  if (axes.columns_first) { return resize_rows(resize_columns(part, rows), columns); }
  return resize_columns(resize_rows(part, columns), rows);
}

void write_tensor(const RgbImage& crop, const ModelDescription& model, std::span<float> out)
{
  const std::size_t area = crop.pixels.size() / 3;
  for (std::size_t c = 0; c < 3; ++c) {
    std::array<float, 256> tone{};
    for (int level = 0; level < 256; ++level) {
      const auto scaled = static_cast<float>(level * model.scale);
      tone[static_cast<std::size_t>(level)] =
          (scaled - static_cast<float>(model.mean[c])) / static_cast<float>(model.deviation[c]);
    }
    const std::span<float> plane = out.subspan(c * area, area);
    for (std::size_t i = 0; i < area; ++i) { plane[i] = tone[crop.pixels[3 * i + c]]; }
  }
}

}  // namespace

Box seen_part(int width, int height, const ModelDescription& model)
{
  return axes_of(width, height, model).read();
}

RgbImage resize_and_crop(const RgbImage& picture, const ModelDescription& model)
{
  const Axes axes = axes_of(picture.width, picture.height, model);
  return resized(cropped(picture, axes.read()), axes);
}

void preprocess(const RgbImage& picture, const ModelDescription& model, std::span<float> out)
{
  write_tensor(resize_and_crop(picture, model), model, out);
}

void preprocess_part(const RgbImage& part, int width, int height, const ModelDescription& model, std::span<float> out)
{
  write_tensor(resized(part, axes_of(width, height, model)), model, out);
}

}  // namespace vidcv
