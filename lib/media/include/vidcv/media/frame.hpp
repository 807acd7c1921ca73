#pragma once

#include <vidcv/core/image.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

struct AVFrame;

namespace vidcv {

/// What has to be done to a decoded picture so that it is upright and square-pixelled.
struct Geometry {
  int rotation = 0;         ///< clockwise, 0, 90, 180 or 270 degrees, after mirroring
  bool mirrored = false;    ///< left to right
  double pixel_aspect = 1;  ///< width of a pixel by its height, before rotation
  bool operator==(const Geometry&) const = default;
};

/// How transparent pixels are shown.
enum class AlphaRule { over_white, over_black, drop };

/// How the EXIF orientation of a picture is used.
struct PictureRules {
  bool apply_exif = true;  ///< EXIF orientation; a display matrix is always applied
  AlphaRule alpha = AlphaRule::over_white;
  bool operator==(const PictureRules&) const = default;
};

/// One decoded picture: a reference to the decoder's buffer, cheap to copy, never changed.
class Frame {
 public:
  Frame(std::shared_ptr<const AVFrame> picture, std::int64_t number, double timestamp_s, const Geometry& geometry,
        AlphaRule alpha = AlphaRule::over_white);

  std::int64_t number() const noexcept { return m_number; }
  /// The same picture under another ordinal and time.
  Frame placed(std::int64_t number, double timestamp_s) const
  {
    Frame copy = *this;
    copy.m_number = number;
    copy.m_timestamp_s = timestamp_s;
    return copy;
  }
  /// Whether it was coded without reference to others, and what follows it can be decoded from it on.
  bool is_keyframe() const noexcept;
  double timestamp_s() const noexcept { return m_timestamp_s; }
  const Geometry& geometry() const noexcept { return m_geometry; }
  /// What its buffer takes in memory.
  std::size_t bytes() const noexcept;

  /// The luma plane as decoded (not rotated): 8 bits, higher depths rounded; a picture without luma gives OpenCV's
  /// integer gray of its RGB, full range. Valid as long as the frame or a copy of it.
  LumaView luma() const;

  /// The upright, square-pixelled picture, opaque by the AlphaRule.
  /// @throws MediaError if FFmpeg cannot convert this pixel format
  RgbImage to_rgb() const;
  /// The part of it inside `box`, which must lie in it; where that can be done only that part is converted.
  RgbImage to_rgb(const Box& box) const;
  /// For lib/media alone: the picture as it was decoded.
  const AVFrame& decoded() const noexcept { return *m_picture; }
  /// Width and height of to_rgb().
  std::pair<int, int> upright_size() const noexcept;

  /// Bytes that keeping this frame costs.
  std::size_t size_bytes() const noexcept;

 private:
  std::shared_ptr<const AVFrame> m_picture;
  std::int64_t m_number;
  double m_timestamp_s;
  Geometry m_geometry;
  AlphaRule m_alpha;
  mutable std::shared_ptr<const std::vector<std::uint8_t>> m_gray;  // where the luma is no 8-bit plane of the picture
};

}  // namespace vidcv
