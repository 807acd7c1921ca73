#include "input/limit_watch.hpp"
#include "isolation/decoder_link.hpp"
#include "isolation/decoder_wire.hpp"
#include "isolation/lent_frame.hpp"
#include "isolation/spawned_decoder.hpp"
#include "memory/shared_arena.hpp"

#include "media_fixture.hpp"

#include <vidcv/core/identity.hpp>
#include <vidcv/core/threads.hpp>
#include <vidcv/media/clip_reader.hpp>

#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <limits>
#include <new>
#include <set>
#include <thread>

namespace vidcv {
namespace {

using namespace vidcv::testing;

constexpr std::int32_t k_yuv420p = 0;  // AV_PIX_FMT_YUV420P
constexpr std::int32_t k_gray16 = 30;  // AV_PIX_FMT_GRAY16LE

/// A picture of 64 x 48 at the start of the memory, as a decoder would describe it.
wire::Picture honest_picture()
{
  wire::Picture picture;
  picture.width = 64;
  picture.height = 48;
  picture.format = k_yuv420p;
  picture.offsets = {0, 64 * 48, 64 * 48 + 32 * 24, wire::k_none};
  picture.strides = {64, 32, 32, 0};
  picture.pixels = wire::k_none;
  picture.bytes = 64 * 48 * 3 / 2;
  return picture;
}

}  // namespace

TEST_CASE("blocks of an arena do not overlap, and what is freed is used again", "[media]")
{
  SharedMemory memory(std::size_t{1} << 20U);
  SharedArena arena(memory);
  std::vector<std::uint8_t*> blocks;
  while (std::uint8_t* block = arena.allocate(1000)) { blocks.push_back(block); }
  CHECK(blocks.size() == (1U << 20U) / 1024 - 4);
  CHECK(std::set<std::uint8_t*>(blocks.begin(), blocks.end()).size() == blocks.size());
  for (const std::uint8_t* block : blocks) { CHECK(memory.contains(block + 999)); }
  for (std::size_t i = 0; i < blocks.size(); i += 2) { arena.free(blocks[i]); }
  CHECK(arena.allocate(2000) == nullptr);  // every gap is of 1024
  CHECK(arena.allocate(1024) == blocks[0]);
  for (std::size_t i = 1; i < blocks.size(); i += 2) { arena.free(blocks[i]); }
  arena.free(blocks[0]);
  std::uint8_t* whole = arena.allocate((1U << 20U) - 4096);
  CHECK(whole == memory.data());
}

TEST_CASE("memory that is given back reads as zeros", "[media]")
{
  SharedMemory memory(std::size_t{256} << 20U);
  SharedArena arena(memory);
  std::uint8_t* block = arena.allocate(std::size_t{200} << 20U);
  block[std::size_t{199} << 20U] = 7;
  arena.free(block);
  arena.trim();
  CHECK(memory.data()[std::size_t{199} << 20U] == 0);
}

TEST_CASE("a message comes across as it was, and nothing else is one", "[media]")
{
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends.data()) == 0);
  wire::Open open;
  open.clip = 7;
  open.limits.memory_mb = 5;
  CHECK(wire::send(ends[0], wire::Request(open), STDIN_FILENO));
  auto received = wire::receive_request(ends[1]);
  REQUIRE(received);
  CHECK(std::get<wire::Open>(received->request).clip == 7);
  CHECK(std::get<wire::Open>(received->request).limits.memory_mb == 5);
  CHECK(received->descriptor > 2);
  ::close(received->descriptor);

  wire::Failed failed;
  wire::put_text(failed.cause, std::string(2000, 'x'));
  CHECK(wire::send(ends[1], wire::Answer(failed)));
  const auto answer = wire::receive_answer(ends[0]);
  REQUIRE(answer);
  CHECK(wire::text_of(std::get<wire::Failed>(*answer).cause) == std::string(479, 'x'));

  for (const std::string& nonsense : {std::string("x"), std::string(8, '\xff'), std::string(16, '\1')}) {
    REQUIRE(::send(ends[1], nonsense.data(), nonsense.size(), 0) > 0);
    const auto none = wire::receive_answer(ends[0]);
    REQUIRE(none);
    CHECK(std::holds_alternative<std::monostate>(*none));
  }
  ::close(ends[1]);
  CHECK_FALSE(wire::receive_answer(ends[0]));
  CHECK_FALSE(wire::send(ends[0], wire::Request(open)));
  ::close(ends[0]);
}

TEST_CASE("what a decoder said before it went away is received", "[media]")
{
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends.data()) == 0);
  CHECK(wire::send(ends[0], wire::Request(wire::Close{})));
  CHECK(wire::send(ends[1], wire::Answer(wire::End{7, {}, 0})));
  ::close(ends[1]);  // with a request that it has not read
  const auto last = wire::receive_answer(ends[0]);
  REQUIRE(last);
  CHECK(std::get<wire::End>(*last).clip == 7);
  CHECK_FALSE(wire::receive_answer(ends[0]));
  ::close(ends[0]);
}

TEMPLATE_TEST_CASE("no memory of the program goes out between the fields of a message", "[media]", wire::Open,
                   wire::More, wire::Release, wire::Close)
{
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends.data()) == 0);
  const auto sent_from_memory_of = [&](unsigned char value) {
    alignas(TestType) std::array<unsigned char, sizeof(TestType)> memory{};
    memory.fill(value);
    const auto* message = new (memory.data()) TestType;
    CHECK(wire::send(ends[0], wire::Request(*message)));
    std::string bytes(2000, '\0');
    bytes.resize(static_cast<std::size_t>(::recv(ends[1], bytes.data(), bytes.size(), 0)));
    return bytes;
  };
  CHECK(sent_from_memory_of(0xAA) == sent_from_memory_of(0x55));
  for (const int end : ends) { ::close(end); }
}

TEST_CASE("two builds whose messages differ are of different builds", "[media]")
{
  std::string text = VIDCV_VERSION " ";
  for (const char* header : {"src/isolation/decoder_wire.hpp", "include/vidcv/media/clip_reader.hpp",
                             "include/vidcv/media/frame.hpp", "include/vidcv/media/limits.hpp"}) {
    const std::string bytes = read_text(std::filesystem::path(VIDCV_SOURCE_DIR) / "lib/media" / header);
    text += sha256_hex(std::as_bytes(std::span(bytes)));
  }
  CHECK(wire::this_build() == stable_hash(text));
}

TEST_CASE("a decoder is asked for as many threads as there are processors, and may use the time of all", "[media]")
{
  DecodeOptions options;
  const wire::Open open = request_of(options, Wanted::frames);
  CHECK(open.threads == thread_count(0));
  options.threads = 16;
  options.limits.wall_s = 7200;
  CHECK(request_of(options, Wanted::packet_times).threads == 16);
  CHECK(processor_limit_s(options) > 16 * 7200);
}

TEST_CASE("waiting less than no time for a decoder ends at once", "[media]")
{
  SpawnedDecoder decoder;
  REQUIRE(decoder.wait(std::chrono::minutes(1)));
  REQUIRE(decoder.answer());
  std::jthread ends_it([&](const std::stop_token& stop) {
    for (int i = 0; i < 100 && !stop.stop_requested(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    if (!stop.stop_requested()) { decoder.kill(); }
  });
  CHECK_FALSE(decoder.wait(std::chrono::milliseconds(-5)));
}

TEST_CASE("a picture that a decoder could not have made is not believed", "[media]")
{
  const auto decoder = std::make_shared<SpawnedDecoder>();
  const std::uint64_t end = decoder->memory().size();
  REQUIRE(lent_frame(decoder, honest_picture(), {}));
  const std::vector<std::function<void(wire::Picture&)>> lies = {
      [](auto& p) { p.width = 0; },
      [](auto& p) { p.height = -1; },
      [](auto& p) { p.width = 1 << 30; },
      [](auto& p) { p.format = 100000; },
      [](auto& p) { p.format = -1; },
      [](auto& p) { p.format = k_gray16, p.strides[0] = 128, p.offsets[0] = 1; },
      [](auto& p) { p.format = k_gray16, p.strides[0] = 129; },
      [&](auto& p) { p.offsets[0] = end - 10; },
      [&](auto& p) { p.offsets[2] = end; },
      [](auto& p) { p.offsets[1] = wire::k_none; },
      [](auto& p) { p.strides[0] = -64; },
      [](auto& p) { p.strides[0] = 63; },
      [](auto& p) { p.strides[1] = std::numeric_limits<std::int32_t>::max(); },
      [](auto& p) { p.strides[1] = std::numeric_limits<std::int32_t>::min(); },
      [&](auto& p) { p.pixels = end - 64 * 48 * 3 + 1; },
      [](auto& p) { p.pixels = 0, p.pixel_aspect = 1.5; },  // which would be of another size than the frame
      [&](auto& p) { p.bytes = end + 1; },
      [](auto& p) { p.rotation = 45; },
      [](auto& p) { p.rotation = -90; },
      [](auto& p) { p.pixel_aspect = std::numeric_limits<double>::quiet_NaN(); },
      [](auto& p) { p.timestamp_s = std::numeric_limits<double>::infinity(); },
  };
  for (std::size_t i = 0; i < lies.size(); ++i) {
    wire::Picture picture = honest_picture();
    lies[i](picture);
    INFO("lie " << i);
    CHECK_FALSE(lent_frame(decoder, picture, {}));
  }
  DecodeOptions small;
  small.limits.pixels = 64 * 48 - 1;
  CHECK_FALSE(lent_frame(decoder, honest_picture(), small));
  CHECK_FALSE(lent_times(*decoder, {.count = 10, .offset = end - 79}));
  CHECK_FALSE(lent_times(*decoder, {.count = std::numeric_limits<std::uint64_t>::max() / 8 + 2, .offset = 0}));
  CHECK(lent_times(*decoder, {.count = 10, .offset = end - 80}));
}

TEST_CASE("colours out of range are taken as unknown", "[media]")
{
  const auto decoder = std::make_shared<SpawnedDecoder>();
  wire::Picture picture = honest_picture();
  picture.color_range = picture.colorspace = picture.color_primaries = picture.color_trc = 1000;
  const auto frame = lent_frame(decoder, picture, {});
  REQUIRE(frame);
  CHECK(frame->to_rgb().width == 64);
}

TEST_CASE("a decoder process says how it is held", "[media]")
{
  const DecoderState look = probe_decoder();
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // which need system calls that are denied
  CHECK(look.has_seccomp);
#endif
  CHECK(look.start_s < 10);
}

}  // namespace vidcv
