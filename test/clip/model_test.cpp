#include <vidcv/clip/model.hpp>
#include <vidcv/clip/tokenizer.hpp>
#include <vidcv/core/error.hpp>

#include <catch2/catch.hpp>
#include <zip.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace vidcv {
namespace {

namespace fs = std::filesystem;

/// A folder that is gone at the end of the test.
struct Folder {
  fs::path path = fs::temp_directory_path() / ("vidcv-model-test-" + std::to_string(::getpid()));
  Folder() { fs::create_directories(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path); }
};

struct Entry {
  std::string name;
  std::string text;
};

fs::path write_zip(const fs::path& file, const std::vector<Entry>& entries)
{
  fs::remove(file);
  zip_t* archive = zip_open(file.c_str(), ZIP_CREATE, nullptr);
  for (const Entry& entry : entries) {
    zip_source_t* source = zip_source_buffer(archive, entry.text.data(), entry.text.size(), 0);
    const zip_int64_t place = zip_file_add(archive, entry.name.c_str(), source, ZIP_FL_ENC_UTF_8);
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(place), ZIP_CM_STORE, 0);  // TorchScript's way
  }
  REQUIRE(zip_close(archive) == 0);
  return file;
}

fs::path write_text(const fs::path& file, const std::string& text)
{
  std::ofstream(file, std::ios::binary) << text;
  return file;
}

const std::string k_fingerprint(64, 'a');
const std::string k_good = R"({"format": 1, "name": "tiny", "architecture": "mean", "activation": "none", "dim": 3,
 "input_size": 8, "resize_short": 10, "interpolation": "bicubic", "scale": 0.5, "mean": [1, 2.5, -3],
 "deviation": [1, 2, 4], "match_threshold": 0.65, "source": "a test", "later": [], "fingerprint": ")" +
                           k_fingerprint + "\"}";

/// The good description with one part of its text replaced.
std::string altered(const std::string& part, const std::string& replacement)
{
  std::string text = k_good;
  const auto place = text.find(part);
  REQUIRE(place != std::string::npos);
  return text.replace(place, part.size(), replacement);
}

std::string refusal_of(const fs::path& file)
{
  try {
    read_description(file);
  } catch (const ModelError& error) {
    CHECK(error.thing() == file.native());
    CHECK(error.action() == "model");
    return error.cause();
  }
  return "none";
}

}  // namespace

TEST_CASE("a description is read from the archive with every field", "[clip]")
{
  const Folder folder;
  const ModelDescription model =
      read_description(write_zip(folder.path / "m.pt", {{"m/data.pkl", "x"}, {"m/extra/vidcv.json", k_good}}));
  CHECK(model.name == "tiny");
  CHECK(model.architecture == "mean");
  CHECK(model.activation == "none");
  CHECK(model.fingerprint == k_fingerprint);
  CHECK(model.dim == 3);
  CHECK(model.input_size == 8);
  CHECK(model.resize_short == 10);
  CHECK(model.interpolation == "bicubic");
  CHECK(model.scale == 0.5);
  CHECK(model.mean == std::array{1.0, 2.5, -3.0});
  CHECK(model.deviation == std::array{1.0, 2.0, 4.0});
  CHECK(model.match_threshold == 0.65);
  CHECK(model.source == "a test");
  CHECK(model.json == k_good);
}

TEST_CASE("a file that is no model says what it is and how to get one", "[clip]")
{
  const Folder folder;
  const std::string way_out = ": make one with vidcv model import";
  CHECK(refusal_of(folder.path / "gone.pt") == "No such file or directory" + way_out);
  CHECK(refusal_of(folder.path) == "not a regular file" + way_out);
  CHECK(refusal_of("/dev/null") == "not a regular file" + way_out);
  CHECK(refusal_of(write_text(folder.path / "empty", "")) == "not a model file (an empty file)" + way_out);
  CHECK(refusal_of(write_text(folder.path / "text", "weights")) == "not a model file (no zip archive)" + way_out);
}

TEST_CASE("a model file that was cut off anywhere is called truncated", "[clip]")
{
  const Folder folder;
  const std::string weights(5000, 'w');
  const fs::path file = write_zip(folder.path / "m.pt", {{"m/data/0", weights}, {"m/extra/vidcv.json", k_good}});
  const std::uintmax_t whole = fs::file_size(file);
  for (const std::uintmax_t size : {whole - 1, whole - 30, whole / 2, std::uintmax_t{4}}) {
    fs::resize_file(file, size);
    CAPTURE(size);
    CHECK(refusal_of(file) == "truncated or damaged archive: make one with vidcv model import");
  }
}

TEST_CASE("an archive without a description in the right place was not made for vidcv", "[clip]")
{
  const Folder folder;
  for (const char* name : {"m/vidcv.json", "extra/vidcv.json", "m/n/extra/vidcv.json", "m/extra/vidcv.json5"}) {
    CAPTURE(name);
    CHECK(refusal_of(write_zip(folder.path / "m.pt", {{name, k_good}})) ==
          "no vidcv.json in it: it was not made for vidcv; wrap it with scripts/export_model.py traced");
  }
}

TEST_CASE("a description that is nested beyond any use is refused", "[clip]")
{
  const Folder folder;
  constexpr std::size_t k_levels = 400'000;
  const std::string deep = std::string(k_levels, '[') + std::string(k_levels, ']');
  const fs::path file = folder.path / "m.pt";
  write_zip(file, {{"m/extra/vidcv.json", altered("\"later\": []", R"("text": {"architecture": )" + deep + "}")}});
  CHECK(refusal_of(file) == "vidcv.json in it: not a JSON object: make one with vidcv model import");
}

TEST_CASE("a description that is damaged is refused by the name of the field", "[clip]")
{
  struct BadField {
    const char* part;
    const char* replacement;
    const char* cause;
  };
  const auto [part, replacement, cause] = GENERATE(values<BadField>({
      {"\"format\": 1,", "", "format: missing"},
      {"\"format\": 1", "\"format\": 2", "format: made for a newer vidcv"},
      {"\"tiny\"", "\"\"", "name: empty"},
      {"\"tiny\"", "7", "name: text expected"},
      {"\"tiny\"", "\"a\\nb\"", "name: one line of text expected"},
      {"\"dim\": 3", "\"dim\": 0", "dim: whole number of 1 to 65536 expected"},
      {"\"dim\": 3", "\"dim\": 65537", "dim: whole number of 1 to 65536 expected"},
      {"\"dim\": 3", "\"dim\": 18446744073709551615", "dim: whole number of 1 to 65536 expected"},
      {"\"dim\": 3", "\"dim\": 3.0", "dim: whole number of 1 to 65536 expected"},
      {"\"dim\": 3", "\"dim\": true", "dim: whole number of 1 to 65536 expected"},
      {"\"input_size\": 8", "\"input_size\": -8", "input_size: whole number of 1 to 4096 expected"},
      {"\"input_size\": 8", "\"input_size\": 11", "resize_short: whole number of 11 to 4096 expected"},
      {"bicubic", "lanczos", "interpolation: this vidcv knows bicubic only"},
      {"0.5", "0", "scale: number of 1e-06 to 1000000 expected"},
      {"0.5", "1e999", "not a JSON object"},
      {"[1, 2.5, -3]", "[1, 2]", "mean: list of three numbers expected"},
      {"[1, 2.5, -3]", "[1, 2, null]", "mean: number of -1000000 to 1000000 expected"},
      {"[1, 2, 4]", "[1, 0, 4]", "deviation: number of 1e-06 to 1000000 expected"},
      {"0.65", "1.5", "match_threshold: number of -1 to 1 expected"},
      {"aaaa", "AAAA", "fingerprint: 64 lower-case hex digits expected"},
      {"aaaa", "aaa", "fingerprint: 64 lower-case hex digits expected"},
      {"a test", "a \xff test", "not a JSON object"},
      {"{", "[{", "not a JSON object"},
  }));
  const Folder folder;
  const fs::path file = write_zip(folder.path / "m.pt", {{"m/extra/vidcv.json", altered(part, replacement)}});
  CHECK(refusal_of(file) == std::string("vidcv.json in it: ") + cause + ": make one with vidcv model import");
}

TEST_CASE("a description of more than 1 MiB is not read", "[clip]")
{
  const Folder folder;
  const fs::path file = write_zip(folder.path / "m.pt", {{"m/extra/vidcv.json", k_good + std::string(1 << 20, ' ')}});
  CHECK(refusal_of(file) == "vidcv.json in it is larger than 1 MiB: make one with vidcv model import");
}

TEST_CASE("a model that refuses texts says the reason that is so", "[clip]")
{
  const std::string text = R"("text": {"architecture": "clip-text-64x1h1", "context": 77, "fingerprint": ")" +
                           std::string(64, 'b') + "\", \"tokenizer\": ";
  const auto [more, says] = GENERATE_COPY(table<std::string, std::string>({
      {"", "it has no text tower"},
      {R"("no_texts": "its text tower is of another kind", )", "its text tower is of another kind"},
      {text + "\"none\"}, ", "no tokenizer was beside its weights"},
  }));
  const Folder folder;
  const fs::path file =
      write_zip(folder.path / "m.pt", {{"m/extra/vidcv.json", altered("\"later\"", more + "\"later\"")},
                                       {"m/extra/vocab.json", "{}"},
                                       {"m/extra/merges.txt", ""}});
  CHECK_FALSE(read_description(file).takes_texts());
  CHECK_THROWS_WITH(read_tokenizer(file), file.native() + ": load: it takes pictures only: " + says);
}

}  // namespace vidcv
