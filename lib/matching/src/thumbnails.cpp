#include "thumbnails.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace vidcv {
namespace {

constexpr int k_width = Thumbnail::k_width;
constexpr int k_height = Thumbnail::k_height;
constexpr float k_black = 36;
constexpr double k_most_bar = 0.4;
/// Standard deviation in gray levels below which a thumbnail is plain.
constexpr float k_plain = 2;

/// Of each field the pixels [begin, end); at least one.
std::pair<int, int> pixels_of(int field, int fields, int pixels)
{
  const int begin = field * pixels / fields;
  return {begin, std::max(begin + 1, (field + 1) * pixels / fields)};
}

/// A place between two neighbouring fields.
struct Place {
  int first = 0;
  float share_of_next = 0;
};

Place place_of(int index, int count, float begin, float end)
{
  const float step = (end - begin) / static_cast<float>(count);
  const float place =
      std::clamp(begin + (static_cast<float>(index) + 0.5F) * step - 0.5F, 0.0F, static_cast<float>(count - 1));
  const int first = std::min(static_cast<int>(place), count - 2);
  return {first, place - static_cast<float>(first)};
}

float mix(float one, float other, float share)
{
  return one + (other - one) * share;
}

/// How many of the numbers at the beginning are black.
template <class Iterator>
int bar_of(const Iterator& begin, const Iterator& end)
{
  const auto most = static_cast<std::ptrdiff_t>(k_most_bar * static_cast<double>(end - begin));
  return static_cast<int>(std::find_if(begin, begin + most, [](float gray) { return gray >= k_black; }) - begin);
}

}  // namespace

Thumbnail thumbnail_of(const RgbImage& picture, double time_s)
{
  const std::vector<std::uint8_t> gray = gray_of(picture);
  Thumbnail thumbnail{.time_s = time_s};
  for (int y = 0; y < k_height; ++y) {
    const auto [top, bottom] = pixels_of(y, k_height, picture.height);
    for (int x = 0; x < k_width; ++x) {
      const auto [left, right] = pixels_of(x, k_width, picture.width);
      std::int64_t sum = 0;
      for (int row = top; row < bottom; ++row) {
        const auto* pixels = gray.data() + static_cast<std::ptrdiff_t>(row) * picture.width;
        sum = std::accumulate(pixels + left, pixels + right, sum);
      }
      const auto count = static_cast<float>(right - left) * static_cast<float>(bottom - top);
      thumbnail.gray[static_cast<std::size_t>(y) * k_width + static_cast<std::size_t>(x)] =
          static_cast<float>(sum) / count;
    }
  }
  return thumbnail;
}

Thumbnail seen(const Thumbnail& whole, const View& view)
{
  Thumbnail part{.time_s = whole.time_s};
  std::array<Place, k_width> columns;
  for (int x = 0; x < k_width; ++x) {
    columns[static_cast<std::size_t>(x)] = place_of(x, k_width, view.left, view.right);
  }
  for (int y = 0; y < k_height; ++y) {
    const Place row = place_of(y, k_height, view.top, view.bottom);
    const float* upper = whole.gray.data() + static_cast<std::ptrdiff_t>(row.first) * k_width;
    const float* lower = upper + k_width;
    float* to = part.gray.data() + static_cast<std::ptrdiff_t>(y) * k_width;
    for (const Place& column : columns) {
      const float above = mix(upper[column.first], upper[column.first + 1], column.share_of_next);
      const float below = mix(lower[column.first], lower[column.first + 1], column.share_of_next);
      *to++ = mix(above, below, row.share_of_next);
    }
  }
  return part;
}

std::vector<Thumbnail> seen(std::span<const Thumbnail> all, const View& view)
{
  std::vector<Thumbnail> parts;
  for (const Thumbnail& whole : all) { parts.push_back(seen(whole, view)); }
  return parts;
}

std::vector<Thumbnail> without_bars(std::span<const Thumbnail> all)
{
  std::array<float, k_height> rows = {};  // the lightest gray of each
  std::array<float, k_width> columns = {};
  for (const Thumbnail& thumbnail : all) {
    for (std::size_t y = 0; y < k_height; ++y) {
      for (std::size_t x = 0; x < k_width; ++x) {
        const float gray = thumbnail.gray[y * k_width + x];
        rows[y] = std::max(rows[y], gray);
        columns[x] = std::max(columns[x], gray);
      }
    }
  }
  const View view{static_cast<float>(bar_of(columns.begin(), columns.end())),
                  static_cast<float>(bar_of(rows.begin(), rows.end())),
                  static_cast<float>(k_width - bar_of(columns.rbegin(), columns.rend())),
                  static_cast<float>(k_height - bar_of(rows.rbegin(), rows.rend()))};
  return seen(all, view);
}

void standardize(Thumbnail& thumbnail)
{
  constexpr auto k_fields = static_cast<float>(k_width * k_height);
  const float mean = std::accumulate(thumbnail.gray.begin(), thumbnail.gray.end(), 0.0F) / k_fields;
  for (float& gray : thumbnail.gray) { gray -= mean; }
  const float length = std::sqrt(product(thumbnail, thumbnail));
  const float scale = length < k_plain * std::sqrt(k_fields) ? 0 : 1 / length;
  for (float& gray : thumbnail.gray) { gray *= scale; }
}

float product(const Thumbnail& one, const Thumbnail& other) noexcept
{
  constexpr std::size_t k_lanes = 16;
  std::array<float, k_lanes> sums = {};
  for (std::size_t i = 0; i < one.gray.size(); i += k_lanes) {
    for (std::size_t lane = 0; lane < k_lanes; ++lane) { sums[lane] += one.gray[i + lane] * other.gray[i + lane]; }
  }
  return std::accumulate(sums.begin(), sums.end(), 0.0F);
}

}  // namespace vidcv
