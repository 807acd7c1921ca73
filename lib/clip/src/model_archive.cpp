#include "model_archive.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>
#include <zip.h>

#include <array>
#include <fstream>
#include <memory>

namespace vidcv {
namespace {

constexpr std::size_t k_description_limit = std::size_t{1024} * 1024;  // bytes; a real one has under 2000

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

/// The place of `extra/NAME`: one folder, of any name, holds all that TorchScript writes.
zip_int64_t find_entry(zip_t* archive, std::string_view name)
{
  const std::string tail = fmt::format("/extra/{}", name);
  const zip_int64_t count = zip_get_num_entries(archive, 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const char* raw = zip_get_name(archive, static_cast<zip_uint64_t>(i), 0);
    const std::string_view entry = raw ? raw : "";
    if (entry.ends_with(tail) && entry.find('/') == entry.size() - tail.size()) { return i; }
  }
  return -1;
}

std::string read_entry(const std::filesystem::path& file, zip_t* archive, zip_uint64_t place, std::string_view name,
                       std::size_t limit)
{
  const auto damaged = [&] { refuse(file, fmt::format("{} in it cannot be read (damaged archive)", name)); };
  zip_stat_t facts{};
  if (zip_stat_index(archive, place, 0, &facts) != 0 || (facts.valid & ZIP_STAT_SIZE) == 0) { damaged(); }
  if (facts.size > limit) { refuse(file, fmt::format("{} in it is larger than {} MiB", name, limit >> 20U)); }
  const EntryPtr entry{zip_fopen_index(archive, place, 0)};
  if (!entry) { damaged(); }
  std::string text(facts.size, '\0');
  char behind_it = 0;  // its end is where libzip checks the sum
  const bool whole = zip_fread(entry.get(), text.data(), text.size()) == static_cast<zip_int64_t>(text.size()) &&
                     zip_fread(entry.get(), &behind_it, 1) == 0;
  if (!whole) { damaged(); }
  return text;
}

}  // namespace

std::optional<std::string> read_archived(const std::filesystem::path& file, std::string_view name, std::size_t limit)
{
  require_regular_file(file);
  const ArchivePtr archive = open_archive(file);
  const zip_int64_t place = find_entry(archive.get(), name);
  if (place < 0) { return std::nullopt; }
  return read_entry(file, archive.get(), static_cast<zip_uint64_t>(place), name, limit);
}

std::map<std::string, std::string> read_all_archived(const std::filesystem::path& file, std::size_t limit)
{
  require_regular_file(file);
  const ArchivePtr archive = open_archive(file);
  std::map<std::string, std::string> entries;
  const auto count = static_cast<zip_uint64_t>(zip_get_num_entries(archive.get(), 0));
  for (zip_uint64_t i = 0; i < count; ++i) {
    const char* raw = zip_get_name(archive.get(), i, 0);
    const std::string name = raw != nullptr ? raw : "";
    entries.emplace(name, read_entry(file, archive.get(), i, one_line(name), limit));
  }
  return entries;
}

std::string read_description_text(const std::filesystem::path& file)
{
  auto text = read_archived(file, "vidcv.json", k_description_limit);
  if (!text) {
    throw ModelError(file.native(), "model",
                     "no vidcv.json in it: it was not made for vidcv; wrap it with scripts/export_model.py traced");
  }
  return *std::move(text);
}

}  // namespace vidcv
