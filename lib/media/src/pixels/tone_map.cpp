#include "pixels/tone_map.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace vidcv {
namespace {

// Light is counted in units of HDR reference white, 203 cd/m2 (ITU-R BT.2408).
constexpr double k_white_nits = 203;
constexpr double k_peak_nits = 1000;
constexpr float k_peak = static_cast<float>(k_peak_nits / k_white_nits);
constexpr float k_knee = 0.3F;

using Rgb = std::array<float, 3>;

double pq_light(double level)
{
  constexpr double m1 = 2610.0 / 16384;  // SMPTE ST 2084
  constexpr double m2 = 2523.0 / 4096 * 128;
  constexpr double c1 = 3424.0 / 4096;
  constexpr double c2 = 2413.0 / 4096 * 32;
  constexpr double c3 = 2392.0 / 4096 * 32;
  const double root = std::pow(level, 1 / m2);
  return 10000 / k_white_nits * std::pow(std::max(root - c1, 0.0) / (c2 - c3 * root), 1 / m1);
}

/// Light at the scene, 0 to 1.
double hlg_light(double level)
{
  constexpr double a = 0.17883277;  // ARIB STD-B67
  constexpr double b = 0.28466892;
  constexpr double c = 0.55991073;
  return level <= 0.5 ? level * level / 3 : (std::exp((level - c) / a) + b) / 12;
}

std::vector<float> table_of(double (*light)(double))
{
  std::vector<float> table(65536);
  for (std::size_t i = 0; i < table.size(); ++i) {
    table[i] = static_cast<float>(light(static_cast<double>(i) / 65535));
  }
  return table;
}

/// sRGB levels of light from 0 to 1.
std::uint8_t srgb(float light)
{
  static const auto table = [] {
    std::array<std::uint8_t, 16384> levels{};
    for (std::size_t i = 0; i < levels.size(); ++i) {
      const double l = static_cast<double>(i) / static_cast<double>(levels.size() - 1);
      const double level = l <= 0.0031308 ? 12.92 * l : 1.055 * std::pow(l, 1 / 2.4) - 0.055;
      levels[i] = static_cast<std::uint8_t>(std::lround(255 * level));
    }
    return levels;
  }();
  return table[static_cast<std::size_t>(
      std::lround(std::clamp(light, 0.0F, 1.0F) * static_cast<float>(table.size() - 1)))];
}

/// The light of a display of 1000 cd/m2: HLG's system gamma is 1.2 there.
Rgb displayed(const Rgb& scene)
{
  const float luminance = 0.2627F * scene[0] + 0.6780F * scene[1] + 0.0593F * scene[2];
  const float gain = k_peak * std::pow(luminance, 0.2F);
  return {gain * scene[0], gain * scene[1], gain * scene[2]};
}

/// BT.2020 primaries to BT.709's; colours outside are cut off at the edge.
Rgb narrowed(const Rgb& wide)
{
  const auto [r, g, b] = wide;
  return {std::max(1.6605F * r - 0.5876F * g - 0.0728F * b, 0.0F),
          std::max(-0.1246F * r + 1.1329F * g - 0.0083F * b, 0.0F),
          std::max(-0.0182F * r - 0.1006F * g + 1.1187F * b, 0.0F)};
}

/// Dark levels are kept; from the knee on a hyperbola, as steep as the line where they meet, brings the peak
/// to 1.
float compressed(float light)
{
  constexpr float j = k_knee;
  constexpr float a = -j * j * (k_peak - 1) / (j * j - 2 * j + k_peak);
  constexpr float b = (j * j - 2 * j * k_peak + k_peak) / (k_peak - 1);
  if (light <= j) { return light; }
  return (b * b + 2 * b * j + j * j) / (b - a) * (std::min(light, k_peak) + a) / (std::min(light, k_peak) + b);
}

}  // namespace

bool is_hdr(const AVFrame& frame)
{
  return frame.color_trc == AVCOL_TRC_SMPTE2084 || frame.color_trc == AVCOL_TRC_ARIB_STD_B67;
}

ToneMap::ToneMap(const AVFrame& frame)
    : m_is_hlg(frame.color_trc == AVCOL_TRC_ARIB_STD_B67),
      m_is_wide(frame.color_primaries == AVCOL_PRI_BT2020 || frame.color_primaries == AVCOL_PRI_UNSPECIFIED)
{
}

void ToneMap::convert(const std::uint16_t* rgb16, std::uint8_t* rgb, int width) const
{
  static const std::vector<float> pq = table_of(pq_light);
  static const std::vector<float> hlg = table_of(hlg_light);
  const std::vector<float>& table = m_is_hlg ? hlg : pq;
  for (int x = 0; x < width; ++x, rgb16 += 3, rgb += 3) {
    Rgb light = {table[rgb16[0]], table[rgb16[1]], table[rgb16[2]]};
    if (m_is_hlg) { light = displayed(light); }
    if (m_is_wide) { light = narrowed(light); }
    const float strongest = std::max({light[0], light[1], light[2]});
    const float scale = strongest > 0 ? compressed(strongest) / strongest : 0;  // hues stay what they are
    for (std::size_t c = 0; c < 3; ++c) { rgb[c] = srgb(light[c] * scale); }
  }
}

}  // namespace vidcv
