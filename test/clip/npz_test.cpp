#include "formats/npz.hpp"
#include "formats/safetensors.hpp"

#include "../core/core_fixture.hpp"

#include <vidcv/core/error.hpp>

#include <catch2/catch.hpp>
#include <zip.h>

#include <sys/resource.h>

#include <fstream>
#include <sstream>

namespace {

using vidcv::testing::TempFolder;
using vidcv::testing::write_text;

/// An archive whose only file has eight bytes, and is said to have `size`.
std::string lying_archive(const TempFolder& folder, std::uint32_t size)
{
  zip_t* archive = zip_open((folder / "honest.npz").c_str(), ZIP_CREATE, nullptr);
  const std::string eight(8, 'x');
  const zip_int64_t place =
      zip_file_add(archive, "a.npy", zip_source_buffer(archive, eight.data(), eight.size(), 0), ZIP_FL_ENC_UTF_8);
  zip_set_file_compression(archive, static_cast<zip_uint64_t>(place), ZIP_CM_STORE, 0);
  REQUIRE(zip_close(archive) == 0);
  std::ostringstream out;
  out << std::ifstream(folder / "honest.npz", std::ios::binary).rdbuf();
  std::string bytes = out.str();
  const std::size_t entry = bytes.find("PK\1\2");  // of the central directory, which counts
  REQUIRE(entry != std::string::npos);
  for (std::size_t i = 0; i < 4; ++i) { bytes[entry + 24 + i] = static_cast<char>(size >> (8 * i) & 0xFFU); }
  return bytes;
}

long peak_memory_kb()
{
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

std::string npy(const std::string& header, const std::string& data, char version = 1)
{
  const auto low = static_cast<char>(header.size() & 0xFF);
  const auto high = static_cast<char>(header.size() >> 8);
  const std::string length = version == 1 ? std::string{low, high} : std::string{low, high, 0, 0};
  return std::string("\x93NUMPY") + version + '\0' + length + header + data;
}

const std::string k_header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }   \n";

}  // namespace

TEST_CASE("arrays of numpy are read in both versions of their header")
{
  for (const char version : {'\1', '\2'}) {
    const auto array = vidcv::parse_npy(npy(k_header, std::string(8, 'x'), version));
    CHECK(array.type == "<f4");
    CHECK(array.shape == std::vector<std::int64_t>{2, 1});
    CHECK(array.bytes == "xxxxxxxx");
  }
  CHECK(vidcv::parse_npy(npy("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }", "abc")).shape ==
        std::vector<std::int64_t>{3});
}

TEST_CASE("anything but such an array is refused with the reason")
{
  const auto [header, data, says] = GENERATE(table<std::string, std::string, std::string>({
      {k_header, "xxxxxxx", "not as long as its shape says"},
      {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", "xxxxxxxx", "numbers of <f8"},
      {"{'descr': '<f4', 'fortran_order': True, 'shape': (2, 1), }", "xxxxxxxx", "column by column"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (-2, 1), }", "xxxxxxxx", "its shape cannot be read"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", "", "its shape is too large"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': 2}", "xxxxxxxx", "no shape in its header"},
      {"{'fortran_order': False, 'shape': (2, 1), }", "xxxxxxxx", "no descr in its header"},
      {"", "", "no descr in its header"},
  }));
  CHECK_THROWS_WITH(vidcv::parse_npy(npy(header, data)), Catch::Contains(says));
}

TEST_CASE("an array that breaks off is refused wherever it does")
{
  const std::string whole = npy(k_header, std::string(8, 'x'));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK_THROWS_AS(vidcv::parse_npy(whole.substr(0, size)), vidcv::FormatError);
  }
}

TEST_CASE("a file of references that is missing or something else says what makes one")
{
  CHECK_THROWS_WITH(vidcv::read_npz("gone.npz"),
                    "gone.npz: verify: No such file or directory: scripts/make_reference.py makes one");
  CHECK_THROWS_WITH(vidcv::read_npz(VIDCV_SOURCE_DIR "/LICENSE"), VIDCV_SOURCE_DIR
                    "/LICENSE: verify: not a file of reference vectors (no zip archive): "
                    "scripts/make_reference.py makes one");
}

TEST_CASE("an archive that claims a large file takes no memory for the claim")
{
  const TempFolder folder;
  write_text(folder / "a.npz", lying_archive(folder, 1U << 30U));
  const long before_kb = peak_memory_kb();
  CHECK_THROWS_WITH(vidcv::read_npz(folder / "a.npz"), Catch::Contains("a.npy in it cannot be read (damaged archive)"));
  CHECK(peak_memory_kb() - before_kb < 100'000);
}
