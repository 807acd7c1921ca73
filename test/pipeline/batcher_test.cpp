#include "embed/batcher.hpp"
#include "fake_encoder.hpp"

#include <catch2/catch.hpp>

using namespace vidcv;
using namespace vidcv::test;

namespace {

/// A batcher with batches of 4, fed as decoding threads do.
class Feed {
 public:
  /// A picture of one colour channel.
  void picture(std::size_t job, int pass, std::size_t channel)
  {
    std::vector<float> values(3 * 64);
    std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(64 * channel), 64, 1.0F);
    batcher.add(PreparedPicture{job, pass, values});
  }

  void clip(std::size_t job, std::size_t frames)
  {
    PreparedClip prepared{job, {}};
    prepared.embedded.clip.frames.resize(frames);
    batcher.add(std::move(prepared));
  }

  void failure(std::size_t job) { batcher.add(FailedClip{job, {std::nullopt, MediaError("", "decode", "")}}); }

  /// The jobs whose results are there.
  std::vector<std::size_t> finished()
  {
    std::vector<std::size_t> jobs;
    for (const EmbedResult& result : batcher.take_results()) { jobs.push_back(result.job); }
    return jobs;
  }

  std::vector<std::size_t> batches;
  LazyEncoder encoder{tiny_model(), [this] { return std::make_unique<MeanColour>(batches); }};
  Batcher batcher{&encoder};
};

using Jobs = std::vector<std::size_t>;

}  // namespace

TEST_CASE("a clip is a result as soon as it is whole, whatever came before it", "[pipeline]")
{
  Feed feed;
  feed.picture(1, 1, 0);
  feed.picture(0, 1, 1);
  feed.picture(2, 1, 2);
  feed.clip(1, 1);
  CHECK(feed.finished().empty());
  feed.failure(2);
  CHECK(feed.finished() == Jobs{2});
  feed.picture(0, 1, 0);
  CHECK(feed.finished() == Jobs{1});
  feed.clip(0, 2);
  CHECK(feed.finished() == Jobs{0});
  CHECK(feed.batches == std::vector<std::size_t>{4});
}

TEST_CASE("vectors go to the frames of the last pass, in order", "[pipeline]")
{
  Feed feed;
  feed.picture(0, 1, 0);
  feed.picture(0, 1, 0);
  feed.picture(0, 2, 1);
  feed.picture(0, 2, 2);  // a batch of both passes
  feed.picture(0, 2, 0);
  feed.clip(0, 3);
  feed.batcher.encode();
  const auto results = feed.batcher.take_results();
  REQUIRE(results.size() == 1);
  const auto& vectors = std::get<EmbeddedClip>(results.front().outcome).vectors;
  REQUIRE(vectors.size() == 3);
  CHECK(vectors[0] == Embedding{0, 1, 0});
  CHECK(vectors[1] == Embedding{0, 0, 1});
  CHECK(vectors[2] == Embedding{1, 0, 0});
}

TEST_CASE("a clip whose pictures were encoded before it ended is a result at its end", "[pipeline]")
{
  Feed feed;
  for (std::size_t i = 0; i < 4; ++i) { feed.picture(0, 1, i % 3); }
  CHECK(feed.finished().empty());
  feed.clip(0, 4);
  CHECK(feed.finished() == Jobs{0});
}

TEST_CASE("results come back in the order of their jobs, and those behind a gap at the end", "[pipeline]")
{
  JobOrder order;
  const auto result = [](std::size_t job) { return EmbedResult{job, EmbedFailure{{}, MediaError("", "open", "")}}; };
  const auto jobs = [](const std::vector<EmbedResult>& results) {
    Jobs all;
    for (const EmbedResult& each : results) { all.push_back(each.job); }
    return all;
  };
  CHECK(jobs(order.put({result(2), result(1)})).empty());
  CHECK(jobs(order.put({result(0)})) == Jobs{0, 1, 2});
  CHECK(jobs(order.put({result(5), result(4)})).empty());
  CHECK(jobs(order.rest()) == Jobs{4, 5});
}
