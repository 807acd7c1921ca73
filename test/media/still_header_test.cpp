#include "pixels/still_header.hpp"

#include "media_fixture.hpp"

#include <string>

namespace vidcv {
namespace {

std::string exif_of(const std::string& start, const std::string& entry)
{
  return start + entry + std::string(4, '\0');
}

const std::string k_little("II*\0\x08\0\0\0\x01\0", 10);
const std::string k_big("MM\0*\0\0\0\x08\0\x01", 10);
const std::string k_little_six("\x12\x01\x03\0\x01\0\0\0\x06\0\0\0", 12);
const std::string k_big_six("\x01\x12\0\x03\0\0\0\x01\0\x06\0\0", 12);

TEST_CASE("the orientation of EXIF is read in both orders of bytes, with its name in front and without",
          "[media][still]")
{
  CHECK(exif_orientation(exif_of(k_little, k_little_six)) == 6);
  CHECK(exif_orientation(exif_of(k_big, k_big_six)) == 6);
  CHECK(exif_orientation(std::string("Exif\0\0", 6) + exif_of(k_big, k_big_six)) == 6);
  CHECK(exif_orientation(exif_of(k_little, "\x0F" + k_little_six.substr(1))) == 0);
  CHECK(exif_orientation("") == 0);
  CHECK(exif_orientation("XX" + k_little.substr(2) + k_little_six) == 0);
}

TEST_CASE("EXIF that ends too early, or points behind its end, has no orientation", "[media][still]")
{
  const std::string whole = k_little + k_little_six;
  for (std::size_t size = 0; size < whole.size() - 3; ++size) { CHECK(exif_orientation(whole.substr(0, size)) == 0); }
  CHECK(exif_orientation(std::string("II*\0\xFF\xFF\xFF\xFF", 8)) == 0);
  CHECK(exif_orientation(std::string("II*\0\x08\0\0\0\xFF\xFF", 10)) == 0);
}

TEST_CASE("EXIF that ImageMagick put into a text of a PNG is read", "[media][still]")
{
  std::string hex;
  for (const char byte : "Exif" + std::string(2, '\0') + exif_of(k_big, k_big_six)) {
    constexpr const char* k_digits = "0123456789abcdef";
    hex += k_digits[static_cast<unsigned char>(byte) >> 4];
    hex += k_digits[static_cast<unsigned char>(byte) & 15];
    if (hex.size() % 73 == 72) { hex += '\n'; }
  }
  CHECK(hex_exif_orientation("\nexif\n      32\n" + hex) == 6);
  CHECK(hex_exif_orientation("\nexif\n      32\nxx") == 0);
  CHECK(hex_exif_orientation("exif") == 0);
  CHECK(hex_exif_orientation("") == 0);
}

TEST_CASE("PNG whose chunks lie about their size has no orientation", "[media][still]")
{
  const auto orientation = [](const std::string& png) {
    const auto* data = reinterpret_cast<const std::uint8_t*>(png.data());
    return read_still_header(AV_CODEC_ID_PNG, {data, png.size()}).orientation;
  };
  const std::string exif = exif_of(k_little, k_little_six);
  const std::string start = "\x89PNG\r\n\x1A\n";
  const std::string length = std::string(3, '\0') + static_cast<char>(exif.size());
  CHECK(orientation(start + length + "eXIf" + exif + "none") == 6);
  CHECK(orientation(start + "\xFF\xFF\xFF\xFF" + "eXIf" + exif + "none") == 0);
  CHECK(orientation(start + std::string(4, '\0') + "eXIf" + exif + "none") == 0);
  CHECK(orientation(start) == 0);
  CHECK(orientation("") == 0);
}

}  // namespace
}  // namespace vidcv
