#pragma once

#include "input/limit_watch.hpp"
#include "input/media_file.hpp"

#include <tiffio.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace vidcv {

/// The tags of the first picture of a TIFF file.
struct TiffShape {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint16_t bits = 1;     ///< of a sample
  std::uint16_t samples = 1;  ///< of a pixel, extra ones included
  std::uint16_t photometric = PHOTOMETRIC_MINISBLACK;
  std::uint16_t compression = COMPRESSION_NONE;
  std::uint16_t sample_format = SAMPLEFORMAT_UINT;
  std::uint16_t orientation = ORIENTATION_TOPLEFT;
  std::vector<std::uint16_t> extra_samples = {};  ///< what they mean, as far as it is said
  double pixel_aspect = 1;                        ///< width of a pixel by its height
  bool is_planar = false;                         ///< samples in planes of their own
  bool is_raw = false;                            ///< of a camera's sensor: libtiff has no colours for it
};

/// A TIFF file that libtiff reads; it sees bytes, never a name.
class TiffFile {
 public:
  /// @throws MediaError if libtiff cannot read its directory
  TiffFile(const MediaFile& file, const LimitWatch& limits);

  const TiffShape& shape() const noexcept { return m_shape; }
  TIFF* handle() const noexcept { return m_tiff.get(); }

  /// Makes samples of the YCbCr of a JPEG come as RGB.
  void convert_jpeg();
  /// The first samples of each pixel, side by side, as they are: 0 to 2^bits - 1. What is damaged stays 0.
  /// @tparam Level   std::uint8_t, or std::uint16_t for more than 8 bits
  /// @param samples  at most those of the shape
  template <typename Level>
  std::vector<Level> read(std::size_t samples);
  /// The table of a palette: red, green and blue of each index in 8 bits.
  /// @throws MediaError if there is none
  std::vector<std::uint8_t> palette() const;

  /// Strips and tiles that did not decode, so far.
  std::int64_t damaged() const noexcept { return m_damaged; }
  /// By what libtiff said first.
  [[noreturn]] void fail(const char* action) const;
  /// A kind of picture that is not read.
  [[noreturn]] void refuse(const std::string& kind) const;

 private:
  struct Close {
    void operator()(TIFF* tiff) const noexcept { TIFFClose(tiff); }
  };
  void read_shape();

  MediaFile m_file;
  const LimitWatch& m_limits;
  std::int64_t m_position = 0;
  std::string m_cause;  // of the first failure
  std::unique_ptr<TIFF, Close> m_tiff;
  TiffShape m_shape;
  std::int64_t m_damaged = 0;

  friend struct TiffCallbacks;
};

}  // namespace vidcv
