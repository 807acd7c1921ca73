#include "clip_identity.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/identity.hpp>

#include <fmt/format.h>

#include <system_error>
#include <utility>

namespace vidcv {
namespace fs = std::filesystem;

ClipIdentity::ClipIdentity(fs::path file, std::function<bool()> abandoned)
    : m_file(std::move(file)), m_abandoned(std::move(abandoned)), m_state(state_of(m_file))
{
}

ClipIdentity::State ClipIdentity::state_of(const fs::path& file)
{
  std::error_code missing;
  return {fs::file_size(file, missing), fs::last_write_time(file, missing)};
}

const std::string& ClipIdentity::content()
{
  if (m_content.empty()) {
    m_content = content_hash(m_file, m_abandoned);
    require_unchanged();
  }
  return m_content;
}

void ClipIdentity::require_unchanged() const
{
  if (state_of(m_file) != m_state) { throw MediaError(m_file.native(), "open", "the file changed while it was read"); }
}

std::string ClipIdentity::clip() const
{
  return fmt::format("{:016x}", stable_hash(absolute_path(m_file).native()));
}

}  // namespace vidcv
