#include "stills/tiff_file.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/text.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <new>

namespace vidcv {

/// What libtiff reads and says.
struct TiffCallbacks {
  static tmsize_t read(thandle_t handle, void* buffer, tmsize_t size)
  {
    auto& file = *static_cast<TiffFile*>(handle);
    if (file.m_limits.is_over()) { return -1; }
    tmsize_t done = 0;
    while (done < size) {
      const ssize_t got = ::pread(file.m_file.descriptor(), static_cast<char*>(buffer) + done,
                                  static_cast<std::size_t>(size - done), file.m_position);
      if (got < 0 && errno == EINTR) { continue; }
      if (got <= 0) { break; }
      done += got;
      file.m_position += got;
    }
    return done;
  }

  static tmsize_t write(thandle_t /*handle*/, void* /*buffer*/, tmsize_t /*size*/) { return -1; }

  static toff_t seek(thandle_t handle, toff_t offset, int whence)
  {
    auto& file = *static_cast<TiffFile*>(handle);
    const auto start = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? file.m_position : std::int64_t(size(handle));
    file.m_position = start + static_cast<std::int64_t>(offset);
    return static_cast<toff_t>(file.m_position);
  }

  static toff_t size(thandle_t handle)
  {
    return static_cast<toff_t>(::lseek(static_cast<TiffFile*>(handle)->m_file.descriptor(), 0, SEEK_END));
  }

  static int close(thandle_t /*handle*/) { return 0; }

  static int fail(TIFF* /*tiff*/, void* handle, const char* /*module*/, const char* format, va_list values)
  {
    auto& file = *static_cast<TiffFile*>(handle);
    std::array<char, 300> text{};
    std::vsnprintf(text.data(), text.size(), format, values);
    if (file.m_cause.empty()) { file.m_cause = one_line(text.data()); }
    return 1;  // and nothing on stderr
  }

  static int warn(TIFF* /*tiff*/, void* /*handle*/, const char* /*module*/, const char* /*format*/, va_list /*values*/)
  {
    return 1;
  }
};

namespace {

struct FreeOptions {
  void operator()(TIFFOpenOptions* options) const noexcept { TIFFOpenOptionsFree(options); }
};

constexpr double k_most_stretch = 16;  // beyond it an aspect ratio is damage

/// By the resolutions across and down.
double pixel_aspect_of(TIFF* tiff)
{
  float across = 0;
  float down = 0;
  if (TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &across) != 1 || TIFFGetField(tiff, TIFFTAG_YRESOLUTION, &down) != 1) {
    return 1;
  }
  const double aspect = across > 0 && down > 0 ? double(down) / across : 1;
  return aspect <= k_most_stretch && aspect >= 1 / k_most_stretch ? aspect : 1;
}

bool is_raw(TIFF* tiff, std::uint16_t photometric)
{
  std::array<std::uint8_t, 4>* version = nullptr;
  return photometric == PHOTOMETRIC_CFA || photometric == 34892 ||  // linear raw
         TIFFGetField(tiff, TIFFTAG_DNGVERSION, &version) == 1;
}

/// A strip or a tile, as far as it lies in the picture, and one plane of it.
struct Block {
  std::uint32_t index = 0;
  std::uint32_t x = 0;
  std::uint32_t y = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::size_t plane = 0;
};

/// How a picture is cut into blocks.
struct Grid {
  bool is_tiled = false;
  std::uint32_t width = 0;  ///< of a whole block
  std::uint32_t height = 0;
  std::size_t block_bytes = 0;
  std::size_t row_bytes = 0;
};

Grid grid_of(TIFF* tiff, const TiffShape& shape)
{
  Grid grid{TIFFIsTiled(tiff) != 0};
  if (grid.is_tiled) {
    TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &grid.width);
    TIFFGetField(tiff, TIFFTAG_TILELENGTH, &grid.height);
    grid.block_bytes = static_cast<std::size_t>(std::max<tmsize_t>(0, TIFFTileSize(tiff)));
    grid.row_bytes = static_cast<std::size_t>(std::max<tmsize_t>(0, TIFFTileRowSize(tiff)));
  } else {
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &grid.height);
    grid.width = shape.width;
    grid.height = std::min(grid.height, shape.height);
    grid.block_bytes = static_cast<std::size_t>(std::max<tmsize_t>(0, TIFFStripSize(tiff)));
    grid.row_bytes = static_cast<std::size_t>(std::max<tmsize_t>(0, TIFFScanlineSize(tiff)));
  }
  return grid;
}

std::vector<Block> blocks_of(TIFF* tiff, const TiffShape& shape, const Grid& grid, std::size_t samples)
{
  std::vector<Block> blocks;
  const std::size_t planes = shape.is_planar ? samples : 1;
  for (std::size_t plane = 0; plane < planes; ++plane) {
    const auto sample = static_cast<std::uint16_t>(plane);
    for (std::uint32_t y = 0; y < shape.height; y += std::min(grid.height, shape.height - y)) {
      for (std::uint32_t x = 0; x < shape.width; x += std::min(grid.width, shape.width - x)) {
        const std::uint32_t index =
            grid.is_tiled ? TIFFComputeTile(tiff, x, y, 0, sample) : TIFFComputeStrip(tiff, y, sample);
        blocks.push_back(
            {index, x, y, std::min(grid.width, shape.width - x), std::min(grid.height, shape.height - y), plane});
      }
    }
  }
  return blocks;
}

/// The levels of a row, packed without gaps, highest bits first; 16 bits are in the order of this machine.
class PackedRow {
 public:
  PackedRow(const std::uint8_t* bytes, unsigned bits) : m_bytes(bytes), m_bits(bits) {}

  unsigned level(std::size_t place) const
  {
    if (m_bits == 8) { return m_bytes[place]; }
    if (m_bits == 16) { return reinterpret_cast<const std::uint16_t*>(m_bytes)[place]; }
    const std::size_t bit = place * m_bits;
    return m_bytes[bit / 8] >> (8 - m_bits - bit % 8) & ((1U << m_bits) - 1);
  }

 private:
  const std::uint8_t* m_bytes;
  unsigned m_bits;
};

/// @param stored  levels of a pixel in the row
/// @param copied  of them, the first ones
/// @param step    from pixel to pixel in `out`
template <typename Level>
void copy_row(const PackedRow& row, std::size_t stored, std::size_t width, std::size_t copied, std::size_t step,
              Level* out)
{
  for (std::size_t x = 0; x < width; ++x, out += step) {
    for (std::size_t s = 0; s < copied; ++s) { out[s] = static_cast<Level>(row.level(x * stored + s)); }
  }
}

}  // namespace

TiffFile::TiffFile(const MediaFile& file, const LimitWatch& limits) : m_file(file), m_limits(limits)
{
  const std::unique_ptr<TIFFOpenOptions, FreeOptions> options(TIFFOpenOptionsAlloc());
  if (!options) { throw std::bad_alloc(); }
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), &TiffCallbacks::fail, this);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), &TiffCallbacks::warn, this);
  m_tiff.reset(TIFFClientOpenExt("file", "rm", this, &TiffCallbacks::read, &TiffCallbacks::write, &TiffCallbacks::seek,
                                 &TiffCallbacks::close, &TiffCallbacks::size, nullptr, nullptr, options.get()));
  if (!m_tiff) { fail("open"); }
  read_shape();
}

void TiffFile::fail(const char* action) const
{
  m_limits.check_time();
  throw MediaError(m_file.path().native(), action, m_cause.empty() ? "damaged" : m_cause);
}

void TiffFile::refuse(const std::string& kind) const
{
  throw MediaError(m_file.path().native(), "decode", "a kind of TIFF that vidcv does not read: " + kind);
}

void TiffFile::read_shape()
{
  TIFF* tiff = m_tiff.get();
  if (TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &m_shape.width) != 1 ||
      TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &m_shape.height) != 1 || m_shape.width == 0 || m_shape.height == 0) {
    fail("open");
  }
  std::uint16_t planes = PLANARCONFIG_CONTIG;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &m_shape.bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &m_shape.samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &m_shape.compression);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &m_shape.sample_format);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &m_shape.orientation);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planes);
  TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &m_shape.photometric);
  std::uint16_t extra_count = 0;
  const std::uint16_t* extra = nullptr;
  if (TIFFGetField(tiff, TIFFTAG_EXTRASAMPLES, &extra_count, &extra) == 1) {
    m_shape.extra_samples.assign(extra, extra + extra_count);
  }
  m_shape.is_planar = planes == PLANARCONFIG_SEPARATE && m_shape.samples > 1;
  m_shape.pixel_aspect = pixel_aspect_of(tiff);
  m_shape.is_raw = is_raw(tiff, m_shape.photometric);
}

void TiffFile::convert_jpeg()
{
  TIFFSetField(m_tiff.get(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
}

std::vector<std::uint8_t> TiffFile::palette() const
{
  std::array<const std::uint16_t*, 3> tables{};
  if (TIFFGetField(m_tiff.get(), TIFFTAG_COLORMAP, &tables[0], &tables[1], &tables[2]) != 1) { fail("decode"); }
  const std::size_t count = std::size_t{1} << m_shape.bits;
  const bool is_wide = std::ranges::any_of(tables, [&](const std::uint16_t* table) {
    return std::any_of(table, table + count, [](int v) { return v > 255; });
  });
  std::vector<std::uint8_t> colours;
  for (std::size_t i = 0; i < count; ++i) {
    for (const std::uint16_t* table : tables) {
      colours.push_back(static_cast<std::uint8_t>(is_wide ? table[i] >> 8 : table[i]));
    }
  }
  return colours;
}

template <typename Level>
std::vector<Level> TiffFile::read(std::size_t samples)
{
  TIFF* tiff = m_tiff.get();
  const Grid grid = grid_of(tiff, m_shape);
  const std::size_t stored = m_shape.is_planar ? 1 : m_shape.samples;
  if (grid.height == 0 || grid.block_bytes == 0 || grid.row_bytes < grid.width * stored * m_shape.bits / 8) {
    fail("decode");
  }
  if (!m_limits.allows_pixels(grid.width, grid.height)) { m_limits.refuse_pixels("decode"); }
  std::vector<Level> levels(std::size_t{m_shape.width} * m_shape.height * samples);
  std::vector<std::uint8_t> bytes(grid.block_bytes);
  const std::vector<Block> blocks = blocks_of(tiff, m_shape, grid, samples);
  for (const Block& block : blocks) {
    m_limits.check_time();
    const auto size = static_cast<tmsize_t>(bytes.size());
    const tmsize_t got = grid.is_tiled ? TIFFReadEncodedTile(tiff, block.index, bytes.data(), size)
                                       : TIFFReadEncodedStrip(tiff, block.index, bytes.data(), size);
    if (got < static_cast<tmsize_t>(grid.row_bytes * block.height)) {
      ++m_damaged;
      continue;
    }
    for (std::uint32_t y = 0; y < block.height; ++y) {
      const PackedRow row(bytes.data() + grid.row_bytes * y, m_shape.bits);
      Level* out = levels.data() + (std::size_t{block.y + y} * m_shape.width + block.x) * samples + block.plane;
      copy_row(row, stored, block.width, m_shape.is_planar ? 1 : samples, samples, out);
    }
  }
  if (m_damaged == std::ssize(blocks)) { fail("decode"); }
  return levels;
}

template std::vector<std::uint8_t> TiffFile::read(std::size_t samples);
template std::vector<std::uint16_t> TiffFile::read(std::size_t samples);

}  // namespace vidcv
