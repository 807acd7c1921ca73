#include "picture_set.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/identity.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

namespace vidcv {
namespace fs = std::filesystem;
/// Whether the file is this picture already.
bool PictureSet::is_kept(const fs::path& file, const PictureIdentity& identity) const
{
  std::error_code missing;
  if (fs::is_directory(file, missing)) { throw InputError(file.native(), "store", "is a folder"); }
  if (m_replaces || !fs::exists(fs::symlink_status(file, missing))) { return false; }
  const std::string note = note_of(file).value_or("");
  const std::string owner = fmt::format("clip={} ", identity.clip);
  if (note == owner + identity.what) { return true; }
  if (note.starts_with(owner)) { return false; }
  throw InputError(file.native(), "store",
                   note.empty() ? "is there and was not written by vidcv, or was changed since; --force replaces it"
                                : "is a picture of another clip; --force replaces it");
}

void PictureSet::put(const fs::path& file, const PictureIdentity& identity, const Write& write)
{
  if (std::ranges::find(m_names, file) != m_names.end()) {
    throw InputError(file.native(), "store", "two frames have this name: let --name have {number} or {index}");
  }
  m_names.push_back(file);
  if (is_kept(file, identity)) {
    ++m_kept;
    return;
  }
  if (!m_writes) { return; }
  if (make_folders(file.parent_path())) { m_folders.push_back(file.parent_path()); }
  m_waiting.push_back({file.parent_path() / fmt::format(".{}.part", new_id()), file});
  try {
    write(m_waiting.back().written, fmt::format("clip={} {}", identity.clip, identity.what));
  } catch (const StoreError& failed) {
    throw StoreError(file.native(), failed.action(), failed.cause());
  } catch (const InputError& failed) {
    throw InputError(file.native(), failed.action(), failed.cause());
  }
}

void PictureSet::clear()
{
  std::error_code ignored;
  for (const Waiting& picture : m_waiting) { fs::remove(picture.written, ignored); }
  for (const fs::path& folder : m_folders) { fs::remove(folder, ignored); }  // unless something is in it
  m_waiting.clear();
  m_folders.clear();
  m_names.clear();
  m_kept = 0;
}

void PictureSet::commit()
{
  for (const auto& [written, file] : m_waiting) {
    if (std::rename(written.c_str(), file.c_str()) != 0) {
      throw StoreError(file.native(), "store", system_cause(errno));
    }
  }
  m_waiting.clear();
}

}  // namespace vidcv
