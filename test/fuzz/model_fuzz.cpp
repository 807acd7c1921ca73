#include "fuzz_input.hpp"

#include <vidcv/clip/model.hpp>
#include <vidcv/clip/tokenizer.hpp>
#include <vidcv/core/error.hpp>

#include <zip.h>

#include <array>

// Whatever a model file is: a description within the ranges of docs/models.md, or a ModelError. The first byte says
// whether the input is the archive, or the texts in a good one.

namespace {

namespace fuzz = vidcv::fuzz;

/// An archive of the parts of the input.
std::filesystem::path write_model(const std::filesystem::path& file, std::string_view texts)
{
  constexpr std::array k_names = {"m/extra/vidcv.json", "m/extra/vocab.json", "m/extra/merges.txt"};
  const auto parts = fuzz::parts_of(texts);
  zip_t* archive = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  fuzz::require(archive != nullptr);
  for (std::size_t i = 0; i < std::min(parts.size(), k_names.size()); ++i) {
    zip_source_t* source = zip_source_buffer(archive, parts[i].data(), parts[i].size(), 0);
    const zip_int64_t place = zip_file_add(archive, k_names[i], source, ZIP_FL_ENC_UTF_8);
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(place), ZIP_CM_STORE, 0);
  }
  fuzz::require(zip_close(archive) == 0);
  return file;
}

void check(const vidcv::ModelDescription& model)
{
  fuzz::require(!model.name.empty() && model.fingerprint.size() == 64 && model.dim >= 1);
  fuzz::require(model.input_size >= 1 && model.resize_short >= model.input_size && model.resize_short <= 4096);
  for (const double deviation : model.deviation) { fuzz::require(deviation > 0); }
  fuzz::require(!model.text || model.text->context >= 2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  static const fuzz::Folder folder;
  if (size == 0) { return 0; }
  const std::string_view bytes = fuzz::text_of(data + 1, size - 1);
  const auto file = data[0] % 2 == 0 ? write_model(folder.path() / "m.pt", bytes) : folder.write("m.pt", bytes);
  try {
    check(vidcv::read_description(file));
    vidcv::read_tokenizer(file).tokenize("the thing", 77);
  } catch (const vidcv::ModelError&) {
  }
  return 0;
}
