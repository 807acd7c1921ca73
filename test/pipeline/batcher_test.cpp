#include "../../lib/pipeline/src/batcher.hpp"
#include "fake_encoder.hpp"

#include <catch2/catch.hpp>

using namespace vidcv;
using namespace vidcv::test;

namespace {

/// A batcher with batches of 4, and what it told.
class Told {
 public:
  Told() : m_encoder(tiny_model(), [this] { return std::make_unique<MeanColour>(batches); })
  {
    m_events.ready = [this](const EmbeddedClip& clip) { words.push_back("ready " + clip.clip.file.native()); };
    m_events.done = [this](const EmbeddedClip& clip) {
      words.push_back("done " + clip.clip.file.native());
      last = clip;
    };
    m_events.given_up = [this](const auto& file, const auto&, const InputError&) {
      words.push_back("given up " + file.native());
    };
    m_events.failed = [this](const auto& file, const InputError&) { words.push_back("failed " + file.native()); };
  }

  /// A picture of one colour channel.
  void picture(std::size_t file, int pass, std::size_t channel)
  {
    std::vector<float> values(3 * 64);
    std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(64 * channel), 64, 1.0F);
    batcher.add(PreparedPicture{file, pass, values});
  }

  void clip(std::size_t file, std::size_t frames)
  {
    PreparedClip prepared{file, {}};
    prepared.embedded.clip.file = std::to_string(file);
    prepared.embedded.clip.frames.resize(frames);
    batcher.add(std::move(prepared));
  }

  void failure(std::size_t file)
  {
    batcher.add(FailedClip{file, std::to_string(file), std::nullopt, MediaError("", "decode", "")});
  }

  std::vector<std::string> words;
  std::vector<std::size_t> batches;
  EmbeddedClip last;

 private:
  LazyEncoder m_encoder;
  EmbedEvents m_events;

 public:
  Batcher batcher{m_encoder, m_events};
};

}  // namespace

TEST_CASE("clips end as soon as they can and are told in the order of the files", "[pipeline]")
{
  Told told;
  told.picture(1, 1, 0);
  told.picture(0, 1, 1);
  told.picture(2, 1, 2);
  told.clip(1, 1);
  told.failure(2);
  CHECK(told.words == std::vector<std::string>{"given up 2"});
  told.picture(0, 1, 0);
  CHECK(told.words == std::vector<std::string>{"given up 2", "ready 1"});
  told.clip(0, 2);
  CHECK(told.words == std::vector<std::string>{"given up 2", "ready 1", "ready 0", "done 0", "done 1", "failed 2"});
  CHECK(told.batches == std::vector<std::size_t>{4});
}

TEST_CASE("vectors go to the frames of the last pass, in order", "[pipeline]")
{
  Told told;
  told.picture(0, 1, 0);
  told.picture(0, 1, 0);
  told.picture(0, 2, 1);
  told.picture(0, 2, 2);  // a batch of both passes
  told.picture(0, 2, 0);
  told.clip(0, 3);
  told.batcher.flush();
  REQUIRE(told.last.vectors.size() == 3);
  CHECK(told.last.vectors[0] == Embedding{0, 1, 0});
  CHECK(told.last.vectors[1] == Embedding{0, 0, 1});
  CHECK(told.last.vectors[2] == Embedding{1, 0, 0});
}

TEST_CASE("a clip whose pictures were encoded before it was done is done with its last word", "[pipeline]")
{
  Told told;
  for (std::size_t i = 0; i < 4; ++i) { told.picture(0, 1, i % 3); }
  CHECK(told.words.empty());
  told.clip(0, 4);
  CHECK(told.words == std::vector<std::string>{"ready 0", "done 0"});
}
