#include "writing/picture_note.hpp"

#include "input/byte_order.hpp"

#include <vidcv/core/identity.hpp>

#include <fmt/format.h>

extern "C" {
#include <libavutil/crc.h>
}

#include <algorithm>
#include <array>
#include <cstdint>

namespace vidcv {
namespace {

constexpr std::string_view k_jpeg_start = "\xFF\xD8";
constexpr std::string_view k_jpeg_jfif = "\xFF\xE0";
constexpr std::string_view k_jpeg_comment = "\xFF\xFE";
constexpr std::string_view k_png_start = "\x89PNG\r\n\x1A\n";
constexpr std::size_t k_png_header = 8 + 25;            // the signature and IHDR, which is always the first chunk
constexpr std::string_view k_png_text = "tEXtComment";  // and a zero behind it
constexpr std::size_t k_check_digits = 16;

/// @param size  in bytes, 2 or 4
std::string big_endian(std::size_t number, int size)
{
  std::string bytes;
  for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) { bytes += static_cast<char>(number >> shift & 0xFFU); }
  return bytes;
}

std::string crc_of(std::string_view bytes)
{
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const std::uint32_t crc = av_crc(av_crc_get_table(AV_CRC_32_IEEE_LE), 0xFFFFFFFF, data, bytes.size());
  return big_endian(crc ^ 0xFFFFFFFF, 4);
}

std::string jpeg_segment(const std::string& text)
{
  return std::string(k_jpeg_comment) + big_endian(text.size() + 2, 2) + text;
}

std::string png_chunk(const std::string& text)
{
  const std::string body = std::string(k_png_text) + '\0' + text;
  return big_endian(body.size() - 4, 4) + body + crc_of(body);
}

bool is_jpeg(std::string_view picture)
{
  return picture.starts_with(k_jpeg_start);
}

/// Where the note is, and what is in front of and behind its text.
struct Place {
  std::size_t start = 0;
  std::size_t head = 0;
  std::size_t text = 0;
  std::size_t tail = 0;
};

/// Behind the segment that must be the first one.
std::size_t note_start(std::string_view picture)
{
  if (!is_jpeg(picture)) { return k_png_header; }
  return picture.substr(2, 2) == k_jpeg_jfif ? 4 + number_at(picture, 4, 2) : 2;
}

std::optional<Place> place_of_note(std::string_view picture)
{
  if (!is_jpeg(picture) && !picture.starts_with(k_png_start)) { return std::nullopt; }
  Place place{note_start(picture)};
  if (picture.size() < place.start + 16) { return std::nullopt; }
  if (is_jpeg(picture)) {
    const std::size_t size = number_at(picture, place.start + 2, 2);
    if (picture.substr(place.start, 2) != k_jpeg_comment || size < 2) { return std::nullopt; }
    place.head = 4;
    place.text = size - 2;
  } else {
    const std::size_t size = number_at(picture, place.start, 4);
    const std::size_t key = k_png_text.size() - 4 + 1;
    if (picture.substr(place.start + 4, k_png_text.size()) != k_png_text || size < key) { return std::nullopt; }
    place.head = 8 + key;
    place.text = size - key;
    place.tail = 4;
  }
  const bool is_whole = picture.size() > place.start + place.head + place.text + place.tail;
  return is_whole ? std::optional(place) : std::nullopt;
}

std::string check_of(std::string_view front, std::string_view back)
{
  return fmt::format("{:016x}", stable_hash(fmt::format("{:016x}{:016x}", stable_hash(front), stable_hash(back))));
}

}  // namespace

std::vector<std::byte> with_note(std::vector<std::byte> picture, std::string_view note)
{
  const std::string_view bytes(reinterpret_cast<const char*>(picture.data()), picture.size());
  const std::size_t start = note_start(bytes);
  const std::string text = fmt::format("{} {}", check_of(bytes.substr(0, start), bytes.substr(start)), note);
  const std::string part = is_jpeg(bytes) ? jpeg_segment(text) : png_chunk(text);
  const auto part_bytes = std::as_bytes(std::span(part));
  picture.insert(picture.begin() + static_cast<std::ptrdiff_t>(start), part_bytes.begin(), part_bytes.end());
  return picture;
}

std::optional<std::string> note_in(std::string_view picture)
{
  const auto place = place_of_note(picture);
  if (!place) { return std::nullopt; }
  const std::string_view text = picture.substr(place->start + place->head, place->text);
  const std::string_view back = picture.substr(place->start + place->head + place->text + place->tail);
  const std::string check = check_of(picture.substr(0, place->start), back);
  if (!text.starts_with(check + " ")) { return std::nullopt; }
  return std::string(text.substr(k_check_digits + 1));
}

}  // namespace vidcv
