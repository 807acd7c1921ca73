#include "pixels/still_header.hpp"

#include "input/byte_order.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iterator>
#include <string>

namespace vidcv {
namespace {

/// Source: the PNG specification, third edition, 11.3.4.5.
std::string_view exif_of_png(std::string_view png)
{
  constexpr std::string_view k_signature = "\x89PNG\r\n\x1A\n";
  constexpr std::size_t k_frame = 12;  // length, type and CRC of a chunk
  std::size_t place = png.starts_with(k_signature) ? k_signature.size() : 0;
  while (png.size() - place >= k_frame) {
    const std::size_t size = number_at(png, place, 4, true);
    if (size > png.size() - place - k_frame) { break; }
    if (png.substr(place + 4, 4) == "eXIf") { return png.substr(place + 8, size); }
    place += k_frame + size;
  }
  return {};
}

/// Source: Exif 2.32, 4.7: the segment APP1.
std::string_view exif_of_jpeg(std::string_view jpeg)
{
  std::size_t place = 2;
  while (place + 4 <= jpeg.size() && jpeg[place] == '\xFF' && jpeg[place + 1] != '\xDA') {
    const std::size_t size = number_at(jpeg, place + 2, 2, true);
    const std::string_view body = jpeg.substr(place + 4, std::max<std::size_t>(size, 2) - 2);
    if (jpeg[place + 1] == '\xE1' && body.starts_with("Exif")) { return body; }
    place += 2 + std::max<std::size_t>(size, 2);
  }
  return {};
}

/// Without compression the fourth byte of a pixel is reserved; with bit fields a mask says where alpha is.
/// Source: BITMAPINFOHEADER and BITMAPV4HEADER of the Windows API.
bool is_reserved_byte_of_bmp(std::string_view bmp)
{
  constexpr std::size_t k_depth = 28;
  constexpr std::size_t k_compression = 30;
  constexpr std::uint32_t k_uncompressed = 0;
  return bmp.starts_with("BM") && number_at(bmp, k_depth, 2, false) == 32 &&
         number_at(bmp, k_compression, 4, false) == k_uncompressed;
}

}  // namespace

StillHeader read_still_header(AVCodecID codec, std::span<const std::uint8_t> bytes)
{
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  StillHeader header;
  if (codec == AV_CODEC_ID_PNG || codec == AV_CODEC_ID_APNG) {
    header.orientation = exif_orientation(exif_of_png(text));
  }
  if (codec == AV_CODEC_ID_MJPEG) { header.orientation = exif_orientation(exif_of_jpeg(text)); }
  if (codec == AV_CODEC_ID_BMP) { header.fourth_byte_is_alpha = !is_reserved_byte_of_bmp(text); }
  return header;
}

/// Source: Exif 2.32, 4.6: a TIFF header and its first directory.
long exif_orientation(std::string_view exif)
{
  constexpr std::string_view k_name{"Exif\0\0", 6};
  constexpr std::uint32_t k_orientation = 0x112;
  constexpr std::uint32_t k_short = 3;
  constexpr std::size_t k_entry = 12;
  if (exif.starts_with(k_name)) { exif.remove_prefix(k_name.size()); }
  const bool big = exif.starts_with("MM");
  if (!big && !exif.starts_with("II")) { return 0; }
  const std::size_t directory = number_at(exif, 4, 4, big);
  const std::size_t entries = number_at(exif, directory, 2, big);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * k_entry;
    if (entry >= exif.size()) { break; }
    if (number_at(exif, entry, 2, big) != k_orientation) { continue; }
    const std::size_t size = number_at(exif, entry + 2, 2, big) == k_short ? 2 : 4;
    return static_cast<long>(number_at(exif, entry + 8, size, big));
  }
  return 0;
}

long hex_exif_orientation(std::string_view text)
{
  for (int line = 0; line < 3; ++line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) { return 0; }
    text.remove_prefix(end + 1);
  }
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c != '\n'; });
  std::string exif;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    unsigned byte = 0;
    if (std::from_chars(&digits[i], &digits[i] + 2, byte, 16).ptr != &digits[i] + 2) { return 0; }
    exif += static_cast<char>(byte);
  }
  return exif_orientation(exif);
}

}  // namespace vidcv
