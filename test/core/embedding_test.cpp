#include <vidcv/core/embedding.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

namespace vidcv {
namespace {

constexpr float k_nan = std::numeric_limits<float>::quiet_NaN();
constexpr float k_infinity = std::numeric_limits<float>::infinity();

TEST_CASE("make_unit keeps the direction and gives length one", "[core][embedding]")
{
  Embedding vector = {3, -4, 0};
  REQUIRE(make_unit(vector));
  CHECK(vector[0] == Approx(0.6));
  CHECK(vector[1] == Approx(-0.8));
  CHECK(vector[2] == 0);
  CHECK(is_unit(vector));
}

TEST_CASE("make_unit copes with lengths whose squares are beyond float", "[core][embedding]")
{
  const float scale = GENERATE(3e38F, 1e-38F, 1e-45F);
  Embedding vector(512, scale);
  REQUIRE(make_unit(vector));
  CHECK(is_unit(vector));
  CHECK(vector[0] == Approx(1 / std::sqrt(512.0)));
}

TEST_CASE("make_unit refuses what has no direction and leaves it as it was", "[core][embedding]")
{
  Embedding zero(4, 0.0F);
  CHECK_FALSE(make_unit(zero));
  CHECK(zero == Embedding(4, 0.0F));
  Embedding empty;
  CHECK_FALSE(make_unit(empty));
  for (const float bad : {k_nan, k_infinity, -k_infinity}) {
    Embedding vector = {1, bad, 0};
    CHECK_FALSE(make_unit(vector));
    CHECK(vector[0] == 1);
  }
}

TEST_CASE("is_unit allows a thousandth and no more, and nothing that is not finite", "[core][embedding]")
{
  CHECK(is_unit(Embedding{1.0009F, 0}));
  CHECK(is_unit(Embedding{0.9991F, 0}));
  CHECK_FALSE(is_unit(Embedding{1.0011F, 0}));
  CHECK_FALSE(is_unit(Embedding{0.9989F, 0}));
  CHECK_FALSE(is_unit(Embedding{}));
  CHECK_FALSE(is_unit(Embedding{1, k_nan}));
  CHECK_FALSE(is_unit(Embedding{k_infinity, 0}));
}

TEST_CASE("a blob is the little-endian float32 bytes", "[core][embedding]")
{
  const Embedding vector = {1.0F, -2.5F};
  const auto blob = to_blob(vector);
  const std::array<unsigned char, 8> expected = {0x00, 0x00, 0x80, 0x3F, 0x00, 0x00, 0x20, 0xC0};
  REQUIRE(blob.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) { CHECK(std::to_integer<int>(blob[i]) == expected[i]); }
  CHECK(from_blob(blob) == vector);
}

TEST_CASE("a blob may lie at any address and only whole numbers make a vector", "[core][embedding]")
{
  const Embedding vector = {0.25F, 8.0F};
  std::array<std::byte, 9> shifted{};
  const auto blob = to_blob(vector);
  std::copy(blob.begin(), blob.end(), shifted.begin() + 1);
  CHECK(from_blob(std::span(shifted).subspan(1)) == vector);
  CHECK(from_blob(std::span(shifted).first(4)).size() == 1);
  for (const std::size_t size : {1, 2, 3, 5, 7}) { CHECK(from_blob(std::span(shifted).first(size)).empty()); }
  CHECK(from_blob({}).empty());
}

}  // namespace
}  // namespace vidcv
