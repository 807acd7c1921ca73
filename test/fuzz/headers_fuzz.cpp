#include "fuzz_input.hpp"
#include "pixels/jpeg_pixels.hpp"
#include "pixels/still_header.hpp"
#include "stills/still_kind.hpp"
#include "timing/matroska_end.hpp"
#include "writing/picture_note.hpp"

// Whatever a file is: what vidcv itself reads of its first bytes and its boxes, chunks and segments, before and beside
// FFmpeg.

namespace {

namespace fuzz = vidcv::fuzz;

/// A note that is put into a picture is found there.
void check_note(std::string_view bytes)
{
  vidcv::note_in(bytes);
  const bool is_png = bytes.starts_with("\x89PNG\r\n\x1A\n") && bytes.size() > 40;
  const bool is_jpeg = bytes.starts_with("\xFF\xD8\xFF\xDB") && bytes.size() > 40;  // without JFIF, whose size may lie
  if (!is_png && !is_jpeg) { return; }
  const auto* first = reinterpret_cast<const std::byte*>(bytes.data());
  const auto noted = vidcv::with_note({first, first + bytes.size()}, "a note");
  const std::string_view text(reinterpret_cast<const char*>(noted.data()), noted.size());
  fuzz::require(vidcv::note_in(text) == "a note");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::string_view text = fuzz::text_of(data, size);
  const std::span<const std::uint8_t> bytes(data, size);
  for (const AVCodecID codec : {AV_CODEC_ID_PNG, AV_CODEC_ID_MJPEG, AV_CODEC_ID_BMP}) {
    vidcv::read_still_header(codec, bytes);
  }
  vidcv::exif_orientation(text);
  vidcv::hex_exif_orientation(text);
  vidcv::is_cut_off(bytes);
  check_note(text);
  const vidcv::MediaFile file("file", fuzz::open_bytes(text));
  vidcv::still_kind(file);
  vidcv::is_cut_off_matroska(file);
  return 0;
}
