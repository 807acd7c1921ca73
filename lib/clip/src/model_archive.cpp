#include "model_archive.hpp"

#include <vidcv/core/error.hpp>

#include <fmt/format.h>
#include <zip.h>

#include <array>
#include <fstream>
#include <memory>

namespace vidcv {
namespace {

constexpr std::size_t k_description_limit = std::size_t{1024} * 1024;  // bytes; a real one has under 2000
constexpr std::string_view k_description_place = "/extra/vidcv.json";

struct DiscardArchive {
  void operator()(zip_t* archive) const noexcept { zip_discard(archive); }
};
struct CloseEntry {
  void operator()(zip_file_t* entry) const noexcept { zip_fclose(entry); }
};
using ArchivePtr = std::unique_ptr<zip_t, DiscardArchive>;
using EntryPtr = std::unique_ptr<zip_file_t, CloseEntry>;

[[noreturn]] void refuse(const std::filesystem::path& file, std::string_view cause)
{
  throw ModelError(file.native(), "model", fmt::format("{}: {}", cause, k_make_model));
}

void require_regular_file(const std::filesystem::path& file)
{
  std::error_code failure;
  const auto kind = std::filesystem::status(file, failure).type();
  if (kind == std::filesystem::file_type::regular) { return; }
  refuse(file, failure ? system_cause(failure.value()) : "not a regular file");
}

/// Why libzip cannot read `file`. An archive's directory is at its end, so one that was cut off still begins as one.
std::string why_no_archive(const std::filesystem::path& file)
{
  std::array<char, 4> magic{};
  std::ifstream in(file, std::ios::binary);
  if (!in) { return system_cause(errno); }
  in.read(magic.data(), magic.size());
  if (in && std::string_view(magic.data(), magic.size()) == "PK\3\4") { return "truncated or damaged archive"; }
  return "not a model file (no zip archive)";
}

ArchivePtr open_archive(const std::filesystem::path& file)
{
  int failure = 0;
  ArchivePtr archive{zip_open(file.c_str(), ZIP_RDONLY, &failure)};
  if (!archive) { refuse(file, why_no_archive(file)); }
  return archive;
}

/// The description's place in the archive: one folder, of any name, holds all that TorchScript writes.
zip_int64_t find_description(zip_t* archive)
{
  const zip_int64_t count = zip_get_num_entries(archive, 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const char* raw = zip_get_name(archive, static_cast<zip_uint64_t>(i), 0);
    const std::string_view name = raw ? raw : "";
    if (name.ends_with(k_description_place) && name.find('/') == name.size() - k_description_place.size()) { return i; }
  }
  return -1;
}

}  // namespace

std::string read_description_text(const std::filesystem::path& file)
{
  require_regular_file(file);
  const ArchivePtr archive = open_archive(file);
  const zip_int64_t place = find_description(archive.get());
  if (place < 0) {
    throw ModelError(file.native(), "model",
                     "no vidcv.json in it: it was not made for vidcv; wrap it with scripts/export_model.py traced");
  }
  const EntryPtr entry{zip_fopen_index(archive.get(), static_cast<zip_uint64_t>(place), 0)};
  if (!entry) { refuse(file, "vidcv.json in it cannot be read (damaged archive)"); }
  std::string text(k_description_limit + 1, '\0');
  const zip_int64_t length = zip_fread(entry.get(), text.data(), text.size());
  if (length < 0) { refuse(file, "vidcv.json in it cannot be read (damaged archive)"); }
  if (static_cast<std::size_t>(length) > k_description_limit) { refuse(file, "vidcv.json in it is larger than 1 MiB"); }
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace vidcv
