#include <vidcv/sampling/frame_stats.hpp>

#include "reduced_gray.hpp"

#include <vidcv/sampling/changed_pixels.hpp>
#include <vidcv/sampling/detail.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace vidcv {
namespace {

constexpr int k_coarse_side = 32;
constexpr double k_smooth = 1.0 / 16;
constexpr double k_sharp = 0.2;
constexpr int k_black = 8;
constexpr int k_white = 247;
constexpr double k_full_contrast = 32;

/// The mean squared difference of pixels `step` apart, across and down.
double roughness(const ReducedGray& image, int step)
{
  std::int64_t sum = 0;
  std::int64_t pairs = 0;
  const PlaneView plane = image.plane();
  const auto add = [&](const std::uint8_t* a, const std::uint8_t* b, int n) {
    std::int32_t row_sum = 0;  // 255^2 * 32767 fits: the longer sides are summed in parts
    for (int x = 0; x < n; ++x) {
      const std::int32_t difference = a[x] - b[x];
      row_sum += difference * difference;
    }
    sum += row_sum;
    pairs += n;
  };
  constexpr int k_part = 16384;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x + step < image.width; x += k_part) {
      const int n = std::min(k_part, image.width - step - x);
      add(plane.row(y) + x, plane.row(y) + x + step, n);
    }
    for (int x = 0; y + step < image.height && x < image.width; x += k_part) {
      add(plane.row(y) + x, plane.row(y + step) + x, std::min(k_part, image.width - x));
    }
  }
  return pairs == 0 ? 0 : static_cast<double>(sum) / static_cast<double>(pairs);
}

double sharpness_of(const ReducedGray& image)
{
  const double coarse = roughness(image, 4);
  if (coarse <= 0) { return 0; }
  return std::clamp((roughness(image, 1) / coarse - k_smooth) / (k_sharp - k_smooth), 0.0, 1.0);
}

double exposure_of(const ReducedGray& image, double deviation)
{
  const auto lost =
      std::ranges::count_if(image.gray, [](std::uint8_t gray) { return gray <= k_black || gray >= k_white; });
  const double seen = 1 - static_cast<double>(lost) / static_cast<double>(std::max<std::size_t>(image.gray.size(), 1));
  return seen * std::min(1.0, deviation / k_full_contrast);
}

}  // namespace

FrameStats measure_frame(const LumaView& luma)
{
  const ReducedGray fine = reduced_gray(luma, k_fine_side);
  const double deviation = gray_deviation({fine.plane(), LumaRange::full});
  ReducedGray coarse = reduced_gray({fine.plane(), LumaRange::full}, k_coarse_side);
  const double detail = detail_of(fine);
  return {coarse.width,
          coarse.height,
          std::move(coarse.gray),
          detail,
          detail < k_least_detail,
          sharpness_of(fine),
          exposure_of(fine, deviation)};
}

double quality_of(const FrameStats& stats)
{
  return stats.blank ? 0 : 10 * std::sqrt(stats.sharpness * stats.exposure);
}

bool is_near_duplicate(const FrameStats& one, const FrameStats& other, double share)
{
  if (one.gray.empty() || one.width != other.width || one.height != other.height) { return false; }
  const auto changed = static_cast<double>(count_changed(one.plane(), other.plane(), LumaRange::full));
  return changed <= share * static_cast<double>(one.gray.size());
}

}  // namespace vidcv
