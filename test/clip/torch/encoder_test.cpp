#include "in_groups.hpp"

#include <vidcv/clip/encoder.hpp>
#include <vidcv/core/error.hpp>

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <random>

// Needs vidcv-torch.so and the models of make_models.py, in the folder that VIDCV_TEST_MODELS names.

namespace vidcv {
namespace {

using testing::encode_in_groups;

std::filesystem::path model_file(const std::string& name)
{
  const char* folder = std::getenv("VIDCV_TEST_MODELS");
  REQUIRE(folder != nullptr);
  return std::filesystem::path(folder) / (name + ".pt");
}

std::unique_ptr<ImageEncoder> open_cpu(const std::string& name, int threads, int batch)
{
  return open_encoder(model_file(name), {.device = "cpu", .threads = threads, .batch = batch});
}

std::vector<float> make_noise(std::size_t size)
{
  std::mt19937 source(7);  // NOLINT: the same pictures each time
  std::vector<float> noise(size);
  for (float& x : noise) { x = static_cast<float>(source() % 2001) / 1000.0F - 1; }
  return noise;
}

std::string failure_of(const std::string& name)
{
  try {
    open_cpu(name, 2, 2)->encode(std::vector<float>(2 * 3 * 8 * 8, 1.0F));
  } catch (const ModelError& error) {
    CHECK(error.thing() == model_file(name).native());
    return error.action() + ": " + error.cause();
  }
  return "none";
}

}  // namespace

TEST_CASE("vectors have unit length and the order of the pictures", "[torch]")
{
  const auto encoder = open_cpu("mean", 2, 8);
  std::vector<float> pictures(2 * 3 * 64, 0.0F);
  std::fill_n(pictures.begin(), 64, 5.0F);             // red
  std::fill_n(pictures.begin() + 3 * 64, 128, -2.0F);  // less than no red and green
  const auto vectors = encoder->encode(pictures);
  REQUIRE(vectors.size() == 2);
  CHECK(vectors[0] == Embedding{1, 0, 0});
  CHECK(vectors[1][0] == Approx(-std::sqrt(0.5)));
  CHECK(vectors[1][2] == 0);
}

TEST_CASE("a vector is the same to the bit for each grouping and number of threads", "[torch]")
{
  constexpr std::size_t k_size = 3 * 64 * 64;
  const auto pictures = make_noise(11 * k_size);
  const auto expected = encode_in_groups(*open_cpu("network", 1, 1), pictures, k_size, 1);
  for (const int threads : {1, 2, 3}) {
    const auto encoder = open_cpu("network", threads, 12);
    for (const std::size_t group : {1U, 2U, 3U, 5U, 8U, 11U}) {
      CAPTURE(threads, group);
      CHECK(encode_in_groups(*encoder, pictures, k_size, group) == expected);
    }
  }
}

TEST_CASE("an encoder says what it is", "[torch]")
{
  const auto encoder = open_encoder(model_file("mean"), {.device = "auto", .threads = 3, .batch = 8});
  CHECK(encoder->model().name == "mean");
  CHECK(encoder->precision() == "fp32");
  CHECK((encoder->device() == "cpu (LibTorch sees no CUDA device)" || encoder->device() == "cuda:0"));
  CHECK(open_cpu("mean", 3, 8)->device() == "cpu");
  CHECK(open_cpu("mean", 3, 8)->batch() == 9);
  CHECK(open_cpu("mean", 4, 1)->batch() == 4);
  CHECK(torch_version().starts_with("2."));
}

TEST_CASE("a model that misbehaves is refused with the reason and the way out", "[torch]")
{
  const std::string way_out = ": make the model file again";
  const std::string no_direction = "encode: gives a vector that has no direction (not finite, or all zeros)" + way_out;
  CHECK(failure_of("mean") == "none");
  CHECK(failure_of("notanumber") == no_direction);
  CHECK(failure_of("zero") == no_direction);
  CHECK(failure_of("wide") == "encode: gives vectors of 6 numbers, vidcv.json says 3" + way_out);
  CHECK(failure_of("summary") == "encode: does not give one vector for each input" + way_out);
  CHECK(failure_of("pair") == "encode: gives a Tuple and no tensor" + way_out);
  const std::string failing = failure_of("failing");
  CHECK(failing.starts_with("encode: mat1 and mat2 shapes cannot be multiplied"));
  CHECK(failing.ends_with(way_out));
}

TEST_CASE("a file that holds no module is refused when it is loaded", "[torch]")
{
  CHECK(failure_of("hollow").starts_with("load: "));
  CHECK(failure_of("hollow").find('\n') == std::string::npos);
  CHECK(failure_of("cut") == "model: truncated or damaged archive: make one with vidcv model import");
}

TEST_CASE("a missing CUDA device is refused by its name", "[torch]")
{
  CHECK_THROWS_WITH(open_encoder(model_file("mean"), {.device = "cuda:99"}), Catch::Contains("cuda:99: open: "));
}

}  // namespace vidcv
