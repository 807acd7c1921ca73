#include <vidcv/media/picture_writer.hpp>

#include "media_fixture.hpp"

#include <sys/stat.h>

#include <random>
#include <string>

namespace vidcv {
namespace {

namespace fs = std::filesystem;
using namespace testing;

/// The error that opening `file` gives.
MediaError open_error(const fs::path& file, const DecodeOptions& options = {})
{
  return thrown_by<MediaError>([&] { ClipReader(file, options); });
}

TEST_CASE("anything but a regular file with content is refused by name", "[media][open]")
{
  const TempFolder folder;
  write_text(folder / "empty.mp4", "");
  const auto missing = open_error(folder / "gone.mp4");
  CHECK(missing.thing() == (folder / "gone.mp4").native());
  CHECK(missing.action() == "open");
  CHECK(missing.cause() == "No such file or directory");
  CHECK(open_error(folder.path()).cause() == "Is a directory");
  CHECK(open_error(folder / "empty.mp4").cause() == "the file is empty");
  CHECK(open_error("/dev/zero").cause() == "not a regular file");
  CHECK(open_error("").cause() == "No such file or directory");
}

TEST_CASE("a FIFO that nobody writes to is refused and not waited for", "[media][open]")
{
  const TempFolder folder;
  REQUIRE(::mkfifo((folder / "a.mp4").c_str(), 0600) == 0);
  CHECK(open_error(folder / "a.mp4").cause() == "not a regular file");
}

TEST_CASE("text is no video, whatever its name says", "[media][open]")
{
  const TempFolder folder;
  for (const char* name : {"a.mp4", "a.png", "a.txt", "a.srt"}) {
    write_text(folder / name, "The quick brown fox\njumps over the lazy dog.\n");
    CHECK_THAT(open_error(folder / name).cause(), Catch::StartsWith("not a picture or video of a known kind"));
  }
}

TEST_CASE("random bytes are no video", "[media][open]")
{
  const TempFolder folder;
  std::mt19937 random(99);
  for (const std::size_t size : {1, 7, 100, 4096, 100000}) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) { byte = static_cast<char>(random()); }
    write_text(folder / "a.mp4", bytes);
    CAPTURE(size);
    CHECK(open_error(folder / "a.mp4").action() == "open");
  }
}

TEST_CASE("a file that only names other files opens none of them", "[media][open]")
{
  const TempFolder folder;
  write_y4m(folder / "a.y4m", "W16 H16 F25:1 C420jpeg", {flat_yuv420(16, 16, 100, 128, 128)});
  const std::string target = (folder / "a.y4m").native();
  write_text(folder / "list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n" + target + "\n#EXT-X-ENDLIST\n");
  write_text(folder / "list.ffconcat", "ffconcat version 1.0\nfile '" + target + "'\n");
  write_text(folder / "list.sdp",
             "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 "
             "H264/90000\n");
  for (const char* name : {"list.m3u8", "list.ffconcat", "list.sdp"}) {
    CAPTURE(name);
    CHECK_THAT(open_error(folder / name).cause(), Catch::StartsWith("not a picture or video of a known kind"));
  }
}

TEST_CASE("a name is never an option, a protocol, a pattern or a list", "[media][open]")
{
  const TempFolder folder;
  const ScopedWorkingFolder working(folder.path());
  const std::string name =
      GENERATE(as<std::string>{}, "-x.png", "a:b.png", "%03d.png", "[x,y].png", "new\nline.png", "caf\xE9.png",
               "pipe:0", "file:a.png", "concat:a|b", "*.png", "no ending", "clip.txt", "caf\xC3\xA9.mp4", "~");
  CAPTURE(name);
  write_text("001.png", "not what is asked for");
  write_picture(flat_picture(9, 5, {1, 2, 3}), name, PictureFormat::png);
  CHECK(only_picture(name).pixels == flat_picture(9, 5, {1, 2, 3}).pixels);
}

TEST_CASE("a missing stream or one that is not video is refused, its right number is taken", "[media][open]")
{
  const TempFolder folder;
  write_y4m(folder / "a.y4m", "W16 H16 F25:1 C420jpeg", {flat_yuv420(16, 16, 100, 128, 128)});
  CHECK(frames_of(folder / "a.y4m", {0, 0}).size() == 1);
  CHECK(open_error(folder / "a.y4m", {0, 1}).cause() == "stream 1 is not a video stream");
  CHECK(open_error(folder / "a.y4m", {0, -1}).cause() == "stream -1 is not a video stream");
}

TEST_CASE("a picture of more pixels than any camera gives is refused without their memory", "[media][open]")
{
  const TempFolder folder;
  write_text(folder / "a.ppm", "P6\n60000 60000\n255\n" + std::string(1000, 'x'));
  std::size_t frames = 0;
  try {
    frames = frames_of(folder / "a.ppm").size();
  } catch (const MediaError&) {
  }
  CHECK(frames == 0);
}

}  // namespace
}  // namespace vidcv
