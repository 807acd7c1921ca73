#include "pixels/orientation.hpp"

#include "pixels/still_header.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace vidcv {
namespace {

constexpr double k_most_stretch = 16;  // beyond it an aspect ratio is damage, not a format

/// The display matrix: nine 16.16 numbers, of which four say where x and y go.
const std::int32_t* display_matrix(const AVFrame& frame, const AVStream& stream)
{
  if (const AVFrameSideData* side = av_frame_get_side_data(&frame, AV_FRAME_DATA_DISPLAYMATRIX)) {
    return side->size >= 9 * sizeof(std::int32_t) ? reinterpret_cast<const std::int32_t*>(side->data) : nullptr;
  }
  std::size_t size = 0;
  const std::uint8_t* data = av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
  return size >= 9 * sizeof(std::int32_t) ? reinterpret_cast<const std::int32_t*>(data) : nullptr;
}

/// A matrix (x, y) -> (a x + c y, b x + d y) as a mirroring from left to right followed by a clockwise quarter turn.
void set_turn_by(const std::int32_t* matrix, Geometry& geometry)
{
  const auto [a, b, c, d] = std::array{double(matrix[0]), double(matrix[1]), double(matrix[3]), double(matrix[4])};
  geometry.mirrored = a * d - b * c < 0;
  const double turn =
      std::atan2(geometry.mirrored ? -b : b, geometry.mirrored ? -a : a);  // where x goes once mirrored back
  const double quarter = std::acos(-1.0) / 2;
  geometry.rotation = static_cast<int>(std::lround(turn / quarter) + 4) % 4 * 90;
}

RgbImage mirrored(const RgbImage& picture)
{
  RgbImage out = picture;
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      std::memcpy(out.row(y) + 3 * x, picture.row(y) + 3 * (picture.width - 1 - x), 3);
    }
  }
  return out;
}

RgbImage turned(const RgbImage& picture, int rotation)
{
  const bool sideways = rotation == 90 || rotation == 270;
  RgbImage out{sideways ? picture.height : picture.width, sideways ? picture.width : picture.height, {}};
  out.pixels.resize(picture.pixels.size());
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      const int right = picture.width - 1 - x;
      const int up = picture.height - 1 - y;
      const int to_x = rotation == 90 ? up : rotation == 180 ? right : y;
      const int to_y = rotation == 90 ? x : rotation == 180 ? up : right;
      std::memcpy(out.row(to_y) + 3 * to_x, picture.row(y) + 3 * x, 3);
    }
  }
  return out;
}

}  // namespace

Geometry geometry_of(const AVFrame& frame, AVFormatContext& format, AVStream& stream)
{
  Geometry geometry;
  if (const std::int32_t* matrix = display_matrix(frame, stream)) { set_turn_by(matrix, geometry); }
  const AVRational ratio = av_guess_sample_aspect_ratio(&format, &stream, const_cast<AVFrame*>(&frame));
  if (ratio.num > 0 && ratio.den > 0) {
    const double aspect = av_q2d(ratio);
    if (aspect <= k_most_stretch && aspect >= 1 / k_most_stretch) { geometry.pixel_aspect = aspect; }
  }
  return geometry;
}

void set_turn(long orientation, Geometry& geometry)
{
  struct Turn {
    bool mirrored;
    int rotation;
  };
  // Of the values 1 to 8, as the Exif standard's table of Orientation has them.
  constexpr std::array<Turn, 8> k_turns = {
      {{false, 0}, {true, 0}, {false, 180}, {true, 180}, {true, 270}, {false, 90}, {true, 90}, {false, 270}}};
  if (orientation < 1 || orientation > std::ssize(k_turns)) { return; }
  const Turn& turn = k_turns[static_cast<std::size_t>(orientation - 1)];
  geometry.mirrored = turn.mirrored;
  geometry.rotation = turn.rotation;
}

void set_exif_turn(const AVFrame& frame, long orientation, bool apply, Geometry& geometry)
{
  if (!apply) { return set_turn(1, geometry); }
  if (orientation != 0) { return set_turn(orientation, geometry); }
  if (const AVDictionaryEntry* entry = av_dict_get(frame.metadata, "Orientation", nullptr, 0)) {
    return set_turn(std::strtol(entry->value, nullptr, 10), geometry);
  }
  if (const AVDictionaryEntry* entry = av_dict_get(frame.metadata, "Raw profile type exif", nullptr, 0)) {
    set_turn(hex_exif_orientation(entry->value), geometry);
  }
}

RgbImage oriented(RgbImage picture, const Geometry& geometry)
{
  if (geometry.mirrored) { picture = mirrored(picture); }
  return geometry.rotation == 0 ? std::move(picture) : turned(picture, geometry.rotation);
}

}  // namespace vidcv
