#pragma once

#include "../core/core_fixture.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/media/clip_reader.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace vidcv::testing {

using Rgb = std::array<int, 3>;

inline Rgb pixel(const RgbImage& image, int x, int y)
{
  const std::uint8_t* p = image.row(y) + 3 * x;
  return {p[0], p[1], p[2]};
}

/// The largest difference of any colour.
inline int distance(const Rgb& a, const Rgb& b)
{
  int most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) { most = std::max(most, std::abs(a[i] - b[i])); }
  return most;
}

inline RgbImage flat_picture(int width, int height, const Rgb& colour)
{
  RgbImage image{width, height, {}};
  for (int i = 0; i < width * height; ++i) { image.pixels.insert(image.pixels.end(), colour.begin(), colour.end()); }
  return image;
}

inline std::vector<Frame> frames_of(const std::filesystem::path& file, const DecodeOptions& options = {})
{
  ClipReader reader(file, options);
  std::vector<Frame> frames;
  while (auto frame = reader.next()) { frames.push_back(*frame); }
  return frames;
}

inline RgbImage only_picture(const std::filesystem::path& file)
{
  const std::vector<Frame> frames = frames_of(file);
  REQUIRE(frames.size() == 1);
  return frames.front().to_rgb();
}

/// One frame of planar YUV 4:2:0, flat.
inline std::string flat_yuv420(int width, int height, int y, int u, int v)
{
  const auto chroma = static_cast<std::size_t>((width + 1) / 2 * ((height + 1) / 2));
  return std::string(static_cast<std::size_t>(width * height), static_cast<char>(y)) +
         std::string(chroma, static_cast<char>(u)) + std::string(chroma, static_cast<char>(v));
}

/// A video as raw frames behind a line of text: what can be made without an encoder.
inline void write_y4m(const std::filesystem::path& file, const std::string& header,
                      const std::vector<std::string>& frames)
{
  std::string bytes = "YUV4MPEG2 " + header + "\n";
  for (const std::string& frame : frames) { bytes += "FRAME\n" + frame; }
  write_text(file, bytes);
}

/// One row of RGBA pixels as a QOI file, each written out (chunk 0xFF).
inline void write_qoi(const std::filesystem::path& file, const std::vector<std::array<int, 4>>& pixels)
{
  std::string bytes("qoif\0\0\0\0\0\0\0\x01\x04\0", 14);
  bytes[7] = static_cast<char>(pixels.size());
  for (const auto& pixel : pixels) {
    bytes += '\xFF';
    for (const int value : pixel) { bytes += static_cast<char>(value); }
  }
  write_text(file, bytes + std::string(7, '\0') + '\x01');
}

}  // namespace vidcv::testing
