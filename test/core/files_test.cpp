#include <vidcv/core/files.hpp>

#include "core_fixture.hpp"

#include <vidcv/core/error.hpp>

#include <sys/stat.h>

#include <atomic>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace vidcv {
namespace {

namespace fs = std::filesystem;
using testing::read_text;
using testing::TempFolder;
using testing::thrown_by;
using testing::write_text;

void write_atomically(const fs::path& file, std::string_view text)
{
  write_file_atomically(file, std::as_bytes(std::span(text)));
}

TEST_CASE("an atomic write makes the file or replaces it, and leaves nothing else", "[core][files]")
{
  const TempFolder folder;
  write_atomically(folder / "a.png", "first");
  CHECK(read_text(folder / "a.png") == "first");
  write_atomically(folder / "a.png", "2");
  CHECK(read_text(folder / "a.png") == "2");
  write_atomically(folder / "empty", "");
  CHECK(fs::file_size(folder / "empty") == 0);
  CHECK(folder.entries() == 2);
}

TEST_CASE("whoever has the old file open goes on reading the old file", "[core][files]")
{
  const TempFolder folder;
  write_text(folder / "a", "old");
  std::ifstream reader(folder / "a");
  write_atomically(folder / "a", "new");
  std::string text;
  reader >> text;
  CHECK(text == "old");
}

TEST_CASE("a file is made as one act where there is none, and stays as it is where there is one", "[core][files]")
{
  const TempFolder folder;
  const auto create = [&](std::string_view text) {
    return create_file_atomically(folder / "a", std::as_bytes(std::span(text)));
  };
  CHECK(create("first"));
  CHECK_FALSE(create("second"));
  CHECK(read_text(folder / "a") == "first");
  CHECK(folder.entries() == 1);
  CHECK_THROWS_AS(create_file_atomically(folder / "gone" / "a", {}), StoreError);
}

TEST_CASE("of many threads that make one file, one succeeds", "[core][files]")
{
  const TempFolder folder;
  std::atomic<int> made = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) {
      threads.emplace_back([&, text = std::to_string(i)] {
        if (create_file_atomically(folder / "a", std::as_bytes(std::span(text)))) { ++made; }
      });
    }
  }
  CHECK(made == 1);
  CHECK(folder.entries() == 1);
}

TEST_CASE("an atomic write takes names of any bytes and of full length", "[core][files]")
{
  const TempFolder folder;
  const std::string longest(255, 'x');
  const fs::path name = GENERATE_COPY(fs::path("caf\xE9\n%03d"), fs::path("-a:b"), fs::path(longest));
  write_atomically(folder / name, "text");
  CHECK(read_text(folder / name) == "text");
}

TEST_CASE("an atomic write into a missing folder is an error that names the file", "[core][files]")
{
  const TempFolder folder;
  const fs::path file = folder / "gone" / "a.png";
  const auto error = thrown_by<StoreError>([&] { write_atomically(file, "text"); });
  CHECK(error.thing() == file.native());
  CHECK(error.cause() == "No such file or directory");
  CHECK(folder.entries() == 0);
}

TEST_CASE("an atomic write that fails at its end leaves no temporary file", "[core][files]")
{
  const TempFolder folder;
  fs::create_directory(folder / "taken");
  const auto error = thrown_by<StoreError>([&] { write_atomically(folder / "taken", "text"); });
  CHECK(error.cause() == "Is a directory");
  CHECK(folder.entries() == 1);
  CHECK(fs::is_directory(folder / "taken"));
}

TEST_CASE("a file is read whole, up to the limit and not beyond", "[core][files]")
{
  const TempFolder folder;
  const std::string text("a\0b\n", 4);
  write_text(folder / "a", text);
  CHECK(read_file(folder / "a", 4) == text);
  CHECK(thrown_by<InputError>([&] { read_file(folder / "a", 3); }).cause() == "too large");
  write_text(folder / "empty", "");
  CHECK(read_file(folder / "empty", 0).empty());
}

TEST_CASE("only regular files are read, and a FIFO without a writer does not block", "[core][files]")
{
  const TempFolder folder;
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  CHECK(thrown_by<InputError>([&] { read_file(folder / "fifo", 10); }).cause() == "not a regular file");
  CHECK(thrown_by<InputError>([&] { read_file(folder.path(), 10); }).cause() == "not a regular file");
  CHECK(thrown_by<InputError>([&] { read_file("/dev/zero", 10); }).cause() == "not a regular file");
  CHECK(thrown_by<InputError>([&] { read_file(folder / "gone", 10); }).cause() == "No such file or directory");
}

TEST_CASE("libraries are looked for relative to the running program, nearest first", "[core][files]")
{
  const fs::path here = program_folder();
  CHECK(fs::equivalent(here, fs::canonical("/proc/self/exe").parent_path()));
  const auto candidates = library_candidates("vidcv/vidcv-torch.so");
  REQUIRE(candidates.size() == 2);
  CHECK(candidates[0].lexically_normal() == here.parent_path() / "lib/vidcv/vidcv-torch.so");
  CHECK(candidates[1].lexically_normal() == here.parent_path().parent_path() / "lib/vidcv/vidcv-torch.so");
}

TEST_CASE("an error's line names thing, action and cause, without empty parts", "[core][error]")
{
  CHECK(std::string(InputError("a.mp4", "open", "gone").what()) == "a.mp4: open: gone");
  CHECK(std::string(Error("", "", "out of memory").what()) == "out of memory");
  CHECK(std::string(Error("a", "", "c").what()) == "a: c");
  CHECK_THROWS_AS(throw MediaError("a", "open", "b"), InputError);
}

TEST_CASE("parts of a file that a killed program left are removed, those that are written to stay", "[core][files]")
{
  const TempFolder folder;
  const fs::path file = folder / "library.index";
  fs::path part;
  replace_file(file, [&](const fs::path& temporary) {
    part = temporary;
    write_text(temporary, "whole");
  });
  CHECK_FALSE(fs::exists(part));
  const fs::path stale = part;
  const fs::path fresh = part.native().substr(0, part.native().size() - 6) + "x.part";
  const fs::path of_another = part.parent_path() / ".0123456789abcdef-0.part";
  for (const fs::path& left : {stale, fresh, of_another}) { write_text(left, "half"); }
  const auto hour_ago = fs::file_time_type::clock::now() - std::chrono::hours(1);
  fs::last_write_time(stale, hour_ago);
  fs::last_write_time(of_another, hour_ago);
  remove_stale_parts(file);
  CHECK_FALSE(fs::exists(stale));
  CHECK(fs::exists(fresh));
  CHECK(fs::exists(of_another));
  CHECK(fs::exists(file));
  remove_stale_parts(folder / "no/such/folder");
}

}  // namespace
}  // namespace vidcv
