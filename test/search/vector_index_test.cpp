#include "../each_instruction_set.hpp"
#include "../random_units.hpp"
#include "scan_kernel.hpp"

#include <vidcv/search/vector_index.hpp>

#include <catch2/catch.hpp>

#include <hwy/aligned_allocator.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <random>

namespace vidcv {
namespace {

constexpr int k_dim = 80;  // no multiple of a row's step

using Vector = std::vector<float>;

std::vector<Vector> random_units(std::size_t count, unsigned seed)
{
  return testing::random_units(count, k_dim, seed);
}

const IndexKey k_key{"model/fp32", 7, k_dim};

/// Three frames a clip, the third of each a region.
std::vector<std::byte> index_of(const std::vector<Vector>& vectors)
{
  std::vector<std::byte> bytes;
  IndexBuilder builder(k_key,
                       [&](std::span<const std::byte> some) { bytes.insert(bytes.end(), some.begin(), some.end()); });
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const auto id = static_cast<std::int64_t>(i);
    builder.add({id, i % 3 == 2 ? id + 1000 : 0, 50 + id / 3, 0.5 * static_cast<double>(i)}, vectors[i]);
  }
  builder.finish();
  return bytes;
}

double exact(const Vector& a, const Vector& b)
{
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) { sum += double{a[i]} * double{b[i]}; }
  return sum;
}

TEST_CASE("a quantised vector is no farther from the vector than its residual says", "[search]")
{
  VIDCV_WITH_EACH_INSTRUCTION_SET();
  for (const Vector& vector : random_units(50, 1)) {
    std::vector<std::int8_t> codes(128, 99);
    auto padded = hwy::AllocateAligned<float>(128);
    std::fill(std::ranges::copy(vector, padded.get()).out, padded.get() + 128, 0.0F);
    const Quantised quantised = quantise(padded.get(), 128, codes.data());
    double squares = 0;
    for (int i = 0; i < k_dim; ++i) {
      const auto place = static_cast<std::size_t>(i);
      squares += std::pow(double{vector[place]} - double{quantised.scale} * codes[place], 2);
    }
    CHECK(std::sqrt(squares) <= quantised.residual);
    CHECK(quantised.residual < 0.02);
    CHECK(codes[k_dim] == 0);
    CHECK(codes[127] == 0);
  }
  auto zeros = hwy::AllocateAligned<float>(64);
  std::fill_n(zeros.get(), 64, 0.0F);
  std::vector<std::int8_t> codes(64);
  CHECK(quantise(zeros.get(), 64, codes.data()).scale == 0);
}

TEST_CASE("each score is within its error of the cosine", "[search]")
{
  VIDCV_WITH_EACH_INSTRUCTION_SET();
  const auto vectors = random_units(3000, 2);
  const auto index = VectorIndex::of_bytes(index_of(vectors), k_key);
  REQUIRE(index);
  REQUIRE(index->rows() == 3000);
  for (const Vector& query : random_units(20, 3)) {
    const auto scores = index->scan(query, 2).value();
    for (std::size_t i = 0; i < vectors.size(); ++i) {
      REQUIRE(std::abs(exact(query, vectors[i]) - double{scores[i].score}) <= double{scores[i].error});
    }
  }
}

TEST_CASE("rows come back as they were added", "[search]")
{
  const auto index = VectorIndex::of_bytes(index_of(random_units(2050, 4)), k_key);
  REQUIRE(index);
  CHECK(index->clips().size() == 684);
  for (const std::size_t i : {0U, 2U, 1023U, 1024U, 2049U}) {
    CAPTURE(i);
    const IndexRow row = index->row(i);
    CHECK(row.frame_id == static_cast<std::int64_t>(i));
    CHECK(row.region_id == (i % 3 == 2 ? static_cast<std::int64_t>(i) + 1000 : 0));
    CHECK(row.clip_id == 50 + static_cast<std::int64_t>(i) / 3);
    CHECK(row.timestamp_s == 0.5 * static_cast<double>(i));
  }
}

TEST_CASE("an empty index is whole and finds nothing", "[search]")
{
  const auto index = VectorIndex::of_bytes(index_of({}), k_key);
  REQUIRE(index);
  CHECK(index->scan(random_units(1, 1)[0])->empty());
}

TEST_CASE("an index of another key is not opened", "[search]")
{
  const auto bytes = index_of(random_units(10, 5));
  CHECK(VectorIndex::of_bytes(bytes, k_key));
  CHECK_FALSE(VectorIndex::of_bytes(bytes, {"other/fp32", 7, k_dim}));
  CHECK_FALSE(VectorIndex::of_bytes(bytes, {"model/fp32", 8, k_dim}));
  CHECK_FALSE(VectorIndex::of_bytes(bytes, {"model/fp32", 7, 64}));
}

TEST_CASE("whatever byte of an index is damaged, or wherever it is cut off, it is refused or its block is", "[search]")
{
  const auto vectors = random_units(1500, 6);
  const auto bytes = index_of(vectors);
  const auto query = random_units(1, 7)[0];
  std::mt19937 random(8);
  std::vector<std::size_t> places;
  for (int i = 0; i < 200; ++i) { places.push_back(random() % bytes.size()); }
  for (std::size_t i = 1; i <= 300; ++i) { places.push_back(bytes.size() - i); }
  for (const std::size_t place : places) {
    CAPTURE(place, bytes.size());
    auto damaged = bytes;
    damaged[place] ^= std::byte{0x10};
    const auto index = VectorIndex::of_bytes(damaged, k_key);
    CHECK((!index || !index->scan(query)));
    CHECK_FALSE(VectorIndex::of_bytes({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(place)}, k_key));
  }
}

TEST_CASE("what is not a whole regular file is not opened", "[search]")
{
  const auto folder = std::filesystem::temp_directory_path() / "vidcv-index-test";
  std::filesystem::create_directories(folder);
  CHECK_FALSE(VectorIndex::open(folder / "none", k_key));
  CHECK_FALSE(VectorIndex::open(folder, k_key));
  std::ofstream(folder / "empty");
  CHECK_FALSE(VectorIndex::open(folder / "empty", k_key));
  std::ofstream(folder / "text") << std::string(5000, 'x');
  CHECK_FALSE(VectorIndex::open(folder / "text", k_key));
  const auto bytes = index_of(random_units(10, 5));
  std::ofstream(folder / "index", std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  CHECK(VectorIndex::open(folder / "index", k_key));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace vidcv
