#include <vidcv/clip/encoder.hpp>
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

}  // namespace vidcv
