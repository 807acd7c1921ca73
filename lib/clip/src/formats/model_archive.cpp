#include "formats/model_archive.hpp"

#include "formats/weights_file.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <span>

namespace vidcv {
namespace {

constexpr std::size_t k_part = std::size_t{1} << 20U;                  // bytes that are read at once
constexpr std::size_t k_head = 512;                                    // bytes by which other files are recognised
constexpr std::size_t k_description_limit = std::size_t{1024} * 1024;  // bytes; a real one has under 2000

struct DiscardArchive {
  void operator()(zip_t* archive) const noexcept { zip_discard(archive); }
};
struct CloseEntry {
  void operator()(zip_file_t* entry) const noexcept { zip_fclose(entry); }
};

constexpr ArchiveKind k_model_file = {"model", "a model file", k_make_model};

using ArchivePtr = std::unique_ptr<zip_t, DiscardArchive>;
using EntryPtr = std::unique_ptr<zip_file_t, CloseEntry>;

/// A zip archive that is open for reading.
class Archive {
 public:
  Archive(const std::filesystem::path& file, const ArchiveKind& kind) : m_file(file), m_kind(kind)
  {
    require_regular_file();
    int failure = 0;
    m_archive.reset(zip_open(file.c_str(), ZIP_RDONLY, &failure));
    if (!m_archive) { refuse(why_no_archive()); }
  }

  std::uint64_t count() const { return static_cast<std::uint64_t>(zip_get_num_entries(m_archive.get(), 0)); }

  std::string name(std::uint64_t place) const
  {
    const char* raw = zip_get_name(m_archive.get(), place, 0);
    return raw != nullptr ? raw : "";
  }

  std::string read(std::uint64_t place, std::size_t limit) const
  {
    const std::string shown = one_line(std::filesystem::path(name(place)).filename().native());
    const auto damaged = [&] { refuse(fmt::format("{} in it cannot be read (damaged archive)", shown)); };
    zip_stat_t facts{};
    if (zip_stat_index(m_archive.get(), place, 0, &facts) != 0 || (facts.valid & ZIP_STAT_SIZE) == 0) { damaged(); }
    if (facts.size > limit) { refuse(fmt::format("{} in it is larger than {} MiB", shown, limit >> 20U)); }
    const EntryPtr entry{zip_fopen_index(m_archive.get(), place, 0)};
    if (!entry) { damaged(); }
    std::string text;
    while (text.size() < facts.size) {  // a size that lies costs no more memory than what is there
      const std::size_t start = text.size();
      text.resize(std::min<std::size_t>(start + k_part, facts.size));
      const zip_int64_t got = zip_fread(entry.get(), text.data() + start, text.size() - start);
      if (got != static_cast<zip_int64_t>(text.size() - start)) { damaged(); }
    }
    char behind_it = 0;  // its end is where libzip checks the sum
    if (zip_fread(entry.get(), &behind_it, 1) != 0) { damaged(); }
    return text;
  }

 private:
  [[noreturn]] void refuse(std::string_view cause) const
  {
    throw ModelError(m_file.native(), m_kind.action, fmt::format("{}: {}", cause, m_kind.way_out));
  }

  void require_regular_file() const
  {
    std::error_code failure;
    const auto kind = std::filesystem::status(m_file, failure).type();
    if (kind == std::filesystem::file_type::regular) { return; }
    refuse(failure ? system_cause(failure.value()) : "not a regular file");
  }

  /// An archive's directory is at its end, so one that was cut off still begins as one.
  std::string why_no_archive() const
  {
    std::array<char, k_head> head{};
    std::ifstream in(m_file, std::ios::binary);
    if (!in) { return system_cause(errno); }
    in.read(head.data(), head.size());
    const auto bytes = std::as_bytes(std::span(head)).first(static_cast<std::size_t>(in.gcount()));
    if (in.gcount() >= 4 && std::string_view(head.data(), 4) == "PK\3\4") { return "truncated or damaged archive"; }
    const std::string kind = foreign_kind(bytes, m_file);
    return fmt::format("not {} ({})", m_kind.name, kind.empty() ? "no zip archive" : kind);
  }

  const std::filesystem::path& m_file;
  const ArchiveKind& m_kind;
  ArchivePtr m_archive;
};

}  // namespace

std::optional<std::string> read_archived(const std::filesystem::path& file, std::string_view name, std::size_t limit)
{
  const Archive archive(file, k_model_file);
  const std::string tail = fmt::format("/extra/{}", name);  // below one folder, of any name
  for (std::uint64_t i = 0; i < archive.count(); ++i) {
    const std::string entry = archive.name(i);
    if (entry.ends_with(tail) && entry.find('/') == entry.size() - tail.size()) { return archive.read(i, limit); }
  }
  return std::nullopt;
}

std::map<std::string, std::string> read_all_archived(const std::filesystem::path& file, std::size_t limit,
                                                     const ArchiveKind& kind)
{
  const Archive archive(file, kind);
  std::map<std::string, std::string> entries;
  for (std::uint64_t i = 0; i < archive.count(); ++i) { entries.emplace(archive.name(i), archive.read(i, limit)); }
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
