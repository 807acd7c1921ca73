#include "formats/safetensors.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <cstring>
#include <limits>

namespace {

using vidcv::read_safetensors;

/// A file of this header and so many bytes of data: 0, 1, 2 and so on.
std::vector<std::byte> file_of(const std::string& header, std::size_t data_bytes)
{
  std::vector<std::byte> file(8 + header.size() + data_bytes);
  for (std::size_t i = 0; i < 8; ++i) { file[i] = static_cast<std::byte>(header.size() >> (8 * i)); }
  std::memcpy(file.data() + 8, header.data(), header.size());
  for (std::size_t i = 0; i < data_bytes; ++i) { file[8 + header.size() + i] = static_cast<std::byte>(i); }
  return file;
}

const std::string k_two = R"({"__metadata__":{"format":"pt"},"b":{"dtype":"F16","shape":[2,1],"data_offsets":[0,4]},)"
                          R"("a":{"dtype":"F32","shape":[],"data_offsets":[4,8]}}  )";

}  // namespace

TEST_CASE("tensors are found by name, as views of the file")
{
  const auto file = file_of(k_two, 8);
  const auto tensors = read_safetensors(file);
  REQUIRE(tensors.size() == 2);
  CHECK(tensors.at("b").shape == std::vector<std::int64_t>{2, 1});
  CHECK(tensors.at("b").bytes.data() == file.data() + file.size() - 8);
  CHECK(tensors.at("a").type == "F32");
  CHECK(tensors.at("a").shape.empty());
  CHECK(tensors.at("a").bytes.size() == 4);
}

TEST_CASE("a header that lies is refused by the tensor's name")
{
  struct Case {
    std::string header;
    std::size_t data_bytes;
    std::string says;
  };
  const auto one = [](const char* type, const char* shape, const char* offsets) {
    return fmt::format(R"({{"w":{{"dtype":{},"shape":{},"data_offsets":{}}}}})", type, shape, offsets);
  };
  const auto [header, data_bytes, says] = GENERATE_COPY(values<Case>({
      {one(R"("F32")", "[2]", "[0,8]"), 7, "tensor w: data_offsets [0, 8]: the file has 7 bytes of data (cut off?)"},
      {one(R"("F32")", "[2]", "[0,8]"), 9, "bytes behind the last tensor"},
      {one(R"("F32")", "[3]", "[0,8]"), 8, "tensor w: 8 bytes, [3] of F32 have 12"},
      {one(R"("F32")", "[2]", "[8,0]"), 8, "tensor w: data_offsets [8, 0]"},
      {one(R"("F32")", "[2]", "[4,12]"), 12, "tensor w: data_offsets: a gap before it"},
      {one(R"("F31")", "[2]", "[0,8]"), 8, "tensor w: dtype F31 is not known"},
      {one("7", "[2]", "[0,8]"), 8, "tensor w: dtype, shape and data_offsets expected"},
      {one(R"("F32")", "[-2]", "[0,8]"), 8, "tensor w: shape: whole numbers expected"},
      {one(R"("F32")", "[2.5]", "[0,8]"), 8, "tensor w: shape: whole numbers expected"},
      {one(R"("F32")", "[4611686018427387904,4]", "[0,0]"), 0, "tensor w: shape: too large"},
      {one(R"("F32")", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[0,4]"), 4, "tensor w: shape: up to 16"},
      {one(R"("F32")", "[2]", "[0,18446744073709551615]"), 8, "tensor w: data_offsets: whole numbers expected"},
      {one(R"("F32")", "[2]", "[0]"), 8, "tensor w: data_offsets: two numbers expected"},
      {R"({"w":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"v":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})",
       3, "tensor v: data_offsets: overlaps another tensor"},
      {R"({"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
       1, "tensor w: named twice"},
      {"{}", 0, "no tensor in it"},
      {"[]", 0, "no safetensors file (its header is not a JSON object)"},
      {R"({"w":)", 0, "no safetensors file (its header is not a JSON object)"},
      {R"( {"w":1})", 0, "no safetensors file (its header is not a JSON object)"},
  }));
  CHECK_THROWS_WITH(read_safetensors(file_of(header, data_bytes)), Catch::StartsWith(says));
}

TEST_CASE("a file that is shorter than it says is refused")
{
  const auto whole = file_of(k_two, 8);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK_THROWS_AS(read_safetensors(std::span(whole).first(size)), vidcv::FormatError);
  }
  std::vector<std::byte> huge(16, std::byte{0xFF});
  CHECK_THROWS_WITH(read_safetensors(huge), Catch::Contains("over 16 MiB"));
}

TEST_CASE("halves and brain floats are widened exactly")
{
  const std::array<std::uint16_t, 8> bits = {0x0000, 0x8000, 0x3C00, 0xC000, 0x0001, 0x03FF, 0x7BFF, 0x7C00};
  const auto halves = vidcv::to_floats({"F16", {8}, std::as_bytes(std::span(bits))});
  CHECK(halves ==
        std::vector<float>{0, -0.0F, 1, -2, 0x1p-24F, 1023 * 0x1p-24F, 65504, std::numeric_limits<float>::infinity()});
  CHECK(std::signbit(halves[1]));
  const std::array<std::uint16_t, 3> brains = {0x3F80, 0xC040, 0x7F80};
  CHECK(vidcv::to_floats({"BF16", {3}, std::as_bytes(std::span(brains))}) ==
        std::vector<float>{1, -3, std::numeric_limits<float>::infinity()});
  CHECK_THROWS_WITH(vidcv::to_floats({"I64", {}, {}}), Catch::Contains("I64"));
}
