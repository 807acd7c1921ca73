#include "stills/still_kind.hpp"

#include "input/file_reader.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace vidcv {
namespace {

constexpr std::array<std::string_view, 4> k_tiff_starts = {{{"II*\0", 4}, {"MM\0*", 4}, {"II+\0", 4}, {"MM\0+", 4}}};
constexpr std::array<std::string_view, 5> k_heif_brands = {"avif", "heic", "heix", "heim", "heis"};

/// Read past FFmpeg: the head of each file is examined, and most are none of these.
class Head {
 public:
  explicit Head(const MediaFile& file)
  {
    const ssize_t got = ::pread(file.descriptor(), m_bytes.data(), m_bytes.size(), 0);
    m_size = static_cast<std::size_t>(std::max<ssize_t>(got, 0));
  }

  std::string_view text() const { return {m_bytes.data(), m_size}; }

 private:
  std::array<char, 4096> m_bytes;  // as much of it as was read
  std::size_t m_size = 0;
};

/// By the brands in the first box of the file. A file whose main brand is that of sequences is a video.
bool is_heif(std::string_view head)
{
  if (head.size() < 12 || head.substr(4, 4) != "ftyp") { return false; }
  const std::size_t size = std::min<std::size_t>(
      static_cast<unsigned char>(head[2]) * 256U + static_cast<unsigned char>(head[3]), head.size());
  const std::string_view main = head.substr(8, 4);
  for (std::size_t place = 8; place + 4 <= size; place += place == 8 ? 8 : 4) {  // a version follows the main brand
    const std::string_view brand = head.substr(place, 4);
    if (place > 8 && main != "mif1") { break; }
    if (std::ranges::find(k_heif_brands, brand) != k_heif_brands.end()) { return true; }
  }
  return false;
}

/// The second byte of the marker that begins the picture of a JPEG (ITU-T T.81, B.1.1); 0 where there is none.
int frame_marker(AVIOContext* io)
{
  avio_skip(io, 2);  // the marker of the file's start
  while (avio_feof(io) == 0 && avio_r8(io) == 0xFF) {
    int marker = 0xFF;
    while (marker == 0xFF) { marker = avio_r8(io); }
    const bool is_table = marker == 0xC4 || marker == 0xC8 || marker == 0xCC;
    if (marker >= 0xC0 && marker <= 0xCF && !is_table) { return marker; }
    avio_skip(io, std::max(0, static_cast<int>(avio_rb16(io)) - 2));
  }
  return 0;
}

/// The same of a head that may end before that marker; nothing then.
std::optional<int> frame_marker(std::string_view head)
{
  const auto byte = [&](std::size_t place) { return static_cast<unsigned char>(head[place]); };
  std::size_t place = 2;
  while (place + 4 <= head.size() && byte(place) == 0xFF) {
    const int marker = byte(place + 1);
    if (marker == 0xFF) { return std::nullopt; }  // filled up: rare
    const bool is_table = marker == 0xC4 || marker == 0xC8 || marker == 0xCC;
    if (marker >= 0xC0 && marker <= 0xCF && !is_table) { return marker; }
    place += 2 + std::max<std::size_t>(2, byte(place + 2) * 256U + byte(place + 3));
  }
  return std::nullopt;
}

}  // namespace

StillKind still_kind(const MediaFile& file)
{
  const Head head(file);
  if (is_heif(head.text())) { return StillKind::heif; }
  if (std::ranges::find(k_tiff_starts, head.text().substr(0, 4)) != k_tiff_starts.end()) { return StillKind::tiff; }
  if (!head.text().starts_with("\xFF\xD8")) { return StillKind::other; }
  const auto near = frame_marker(head.text());
  const int marker = near ? *near : frame_marker(FileReader(file).io());
  return marker == 0xC9 || marker == 0xCA ? StillKind::arithmetic_jpeg : StillKind::other;
}

}  // namespace vidcv
