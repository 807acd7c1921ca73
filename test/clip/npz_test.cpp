#include "formats/npz.hpp"
#include "formats/safetensors.hpp"

#include <catch2/catch.hpp>

namespace {

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

TEST_CASE("what is no such array is refused with the reason")
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
