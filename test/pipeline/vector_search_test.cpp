#include "film.hpp"

#include <vidcv/matching/match.hpp>
#include <vidcv/pipeline/query.hpp>
#include <vidcv/pipeline/vector_search.hpp>

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <random>

namespace vidcv::test {
namespace {

constexpr int k_dim = 24;

Embedding random_unit(std::mt19937& random)
{
  std::normal_distribution<float> normal;
  Embedding vector(k_dim);
  for (float& x : vector) { x = normal(random); }
  make_unit(vector);
  return vector;
}

/// A database of clips with random vectors, some of them equal.
struct Library {
  explicit Library(const TemporaryFolder& folder, int clips = 60) : database(folder / "library.db", OpenMode::create, 5)
  {
    prepare_database(database);
    model_id = ensure_model(database, ModelRecord{std::string(64, 'a'), "m", k_dim, "fp32", "{}"});
    for (int i = 0; i < clips; ++i) { add_clip(i); }
    model = models_with_vectors(database).at(0);
  }

  void add_clip(int number)
  {
    std::vector<FrameRecord> frames;
    for (int i = 0; i < 40; ++i) {
      FrameRecord frame{.frame_number = i, .timestamp_s = 0.5 * i, .kind = "base", .motion_ratio = {}, .embedding = {}};
      frame.detail = 0.5;
      frame.blank = i == 7;
      frame.embedding = i % 10 == 3 ? tie : random_unit(random);
      if (i % 4 == 0) { frame.regions = {{{i, 0, i + 40, 40}, random_unit(random)}}; }
      frames.push_back(frame);
    }
    MediaRecord media;
    media.stamp = {"/clips/" + std::to_string(number) + ".mp4", 1, 1};
    media.content_hash = "00";
    media.plan = "p";
    WriteTransaction transaction(database);
    save_clip(transaction, media, frames, model_id);
    transaction.commit();
  }

  std::vector<FoundMoment> find(SearchRequest request)
  {
    return VectorSearch(database, model, [this](const std::string& line) { notes.push_back(line); }).find(request);
  }

  std::mt19937 random{11};
  Embedding tie = random_unit(random);
  Database database;
  std::int64_t model_id = 0;
  StoredModel model;
  std::vector<std::string> notes;
};

std::string words(const std::vector<FoundMoment>& found)
{
  std::string all;
  for (const FoundMoment& moment : found) {
    all += fmt::format("{} {} {} {}:", moment.path, moment.from_s, moment.to_s, moment.best.number);
    for (const FoundFrame& frame : moment.frames) { all += fmt::format(" {} {}", frame.number, frame.score); }
    all += "\n";
  }
  return all;
}

TEST_CASE("the index gives the answer of a scan of all vectors, to the bit, ties too", "[pipeline][search]")
{
  const TemporaryFolder folder;
  Library library(folder);
  for (int i = 0; i < 200; ++i) {
    SearchRequest request;
    request.query = i % 10 == 0 ? library.tie : random_unit(library.random);
    request.clips = i % 3 == 0 ? 3 : 10;
    if (i % 4 == 0) { request.least_score = 0.5; }
    if (i % 5 == 0) {
      request.filter = {[](const std::string& path) { return path.find('3') != std::string::npos; }, 2, 15};
    }
    const std::string by_index = words(library.find(request));
    request.exact_scan = true;
    REQUIRE(by_index == words(library.find(request)));
    CHECK_FALSE((by_index.empty() && !request.least_score));
  }
  CHECK(library.notes.size() == 1);  // it was made once
}

TEST_CASE("a clip's moment is what is around its best frame, at half height", "[pipeline][search]")
{
  const TemporaryFolder folder;
  Library library(folder, 5);
  const auto found = library.find({.query = library.tie, .clips = 5, .least_score = {}, .filter = {}});
  REQUIRE(found.size() == 5);
  for (const FoundMoment& moment : found) {
    CHECK(moment.best.score == Approx(1));
    CHECK(moment.frames.size() == 1);
  }
  const auto all = library.find({.query = library.tie, .clips = 5, .least_score = 0.99, .filter = {}});
  CHECK(all.size() == 20);  // four frames of each clip, none beside another
  CHECK(library.find({.query = library.tie, .clips = 5, .least_score = 1.5, .filter = {}}).empty());
}

TEST_CASE("blank frames are not found, regions have their box", "[pipeline][search]")
{
  const TemporaryFolder folder;
  Library library(folder, 3);
  bool has_box = false;
  for (int i = 0; i < 50; ++i) {
    for (const auto& moment :
         library.find({.query = random_unit(library.random), .clips = 3, .least_score = -1, .filter = {}})) {
      for (const FoundFrame& frame : moment.frames) {
        CHECK(frame.number != 7);
        has_box = has_box || (frame.box && frame.box->x1 == frame.number);
      }
    }
  }
  CHECK(has_box);
}

TEST_CASE("an index is made again when vectors changed, or it is damaged", "[pipeline][search]")
{
  const TemporaryFolder folder;
  Library library(folder, 4);
  const SearchRequest request{.query = library.tie, .clips = 100, .least_score = {}, .filter = {}};
  CHECK(library.find(request).size() == 4);
  library.add_clip(4);
  CHECK(library.find(request).size() == 5);
  CHECK(library.notes.size() == 2);
  const fs::path file = index_file(library.database.path(), library.model);
  {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(100);
    bytes.put('!');
  }
  CHECK(library.find(request).size() == 5);
  CHECK(library.notes.size() == 4);  // it is damaged, and made
  CHECK(library.find(request).size() == 5);
  CHECK(library.notes.size() == 4);
  fs::resize_file(file, 50);
  CHECK(library.find(request).size() == 5);
}

TEST_CASE("where no index can be written it is kept in memory", "[pipeline][search]")
{
  const TemporaryFolder folder;
  Library library(folder, 4);
  fs::create_directory(index_file(library.database.path(), library.model));
  CHECK(library.find({.query = library.tie, .clips = 9, .least_score = {}, .filter = {}}).size() == 4);
  CHECK(library.notes.at(0).starts_with("the index is kept in memory: "));
}

TEST_CASE("nothing in a database chooses where its index is written", "[pipeline][search]")
{
  const StoredModel hostile{1, "/../../../../tmp/x", "../m", "/../x", 4};
  const fs::path file = index_file("/films/a.db", hostile);
  CHECK(file.parent_path() == "/films");
  CHECK(file.filename().native().starts_with("a.db.vectors-"));
  CHECK(file != index_file("/films/a.db", {1, "/../../../../tmp/y", "../m", "/../x", 4}));
}

TEST_CASE("terms of a query are weighed and summed", "[pipeline][search]")
{
  CHECK(weighted("2*beach") == std::pair(2.0, std::string("beach")));
  CHECK(weighted("0.5*a*b") == std::pair(0.5, std::string("a*b")));
  CHECK(weighted("beach") == std::pair(1.0, std::string("beach")));
  CHECK(weighted("*beach") == std::pair(1.0, std::string("*beach")));
  CHECK(weighted("x*beach") == std::pair(1.0, std::string("x*beach")));
  const Embedding sum = compose({{2, {1, 0}}, {-1, {0, 1}}});
  CHECK(sum[0] == Approx(2 / std::sqrt(5)));
  CHECK(sum[1] == Approx(-1 / std::sqrt(5)));
  CHECK_THROWS_AS(compose({{1, {1, 0}}, {-1, {1, 0}}}), UsageError);
}

}  // namespace
}  // namespace vidcv::test
