#include "encoder/device.hpp"

#include <vidcv/core/error.hpp>

#include <catch2/catch.hpp>

namespace vidcv {

TEST_CASE("a word that names no device is a usage error before anything is opened", "[clip]")
{
  for (const char* name : {"", "gpu", "CUDA", "cuda:", "cuda:x", "cuda:-1", "cuda:999", "cpu:0", "cuda:1\n"}) {
    CAPTURE(name);
    CHECK_THROWS_AS(open_encoder("no-such-model.pt", {.device = name}), UsageError);
  }
}

TEST_CASE("the names of devices are accepted and the missing model is what fails", "[clip]")
{
  for (const char* name : {"auto", "cpu", "cuda", "cuda:0", "cuda:15"}) {
    CAPTURE(name);
    CHECK_THROWS_AS(open_encoder("no-such-model.pt", {.device = name}), ModelError);
  }
}

TEST_CASE("the device is the first of CUDA's where there is one, else the processor", "[clip]")
{
  CHECK(choose_device("auto", 0) == "cpu");
  CHECK(choose_device("auto", 1) == "cuda:0");
  CHECK(choose_device("cpu", 4) == "cpu");
  CHECK(choose_device("cuda", 2) == "cuda:0");
  CHECK(choose_device("cuda:1", 2) == "cuda:1");
  CHECK(choose_device("cuda:01", 2) == "cuda:1");
}

TEST_CASE("a missing device is reported with the existing ones", "[clip]")
{
  CHECK_THROWS_WITH(choose_device("cuda", 0), Catch::Contains("LibTorch sees no CUDA device: use --device cpu"));
  CHECK_THROWS_WITH(choose_device("cuda:2", 2), Catch::Contains("no such device, the last one is cuda:1"));
}

TEST_CASE("the precision of auto is fp16 on CUDA, and what is asked for by name is kept there", "[clip]")
{
  CHECK(precision_on({.precision = "auto"}, true) == "fp16");
  CHECK(precision_on({.precision = "fp32"}, true) == "fp32");
  CHECK(precision_on({.precision = "bf16"}, true) == "bf16");
  CHECK(precision_on({.precision = "fp32"}, false) == "fp32");
  CHECK_THROWS_AS(precision_on({.precision = "fp16"}, true), UsageError);
}

}  // namespace vidcv
