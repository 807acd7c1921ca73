#include "name_template.hpp"

#include <vidcv/core/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace vidcv {
namespace fs = std::filesystem;

NameTemplate::NameTemplate(std::string text, const char* option) : m_text(std::move(text))
{
  try {
    const fs::path name = of_clip("clip");
    const bool climbs = std::ranges::find(name, "..") != name.end();
    if (name.is_absolute() || climbs || !name.has_filename()) {
      throw UsageError(option, m_text, "is not a name below a folder");
    }
  } catch (const fmt::format_error& error) {
    throw UsageError(
        option, m_text,
        fmt::format("{}; it may have {{clip}}, {{number:06}}, {{index}}, {{time:.2f}} and {{kind}}", error.what()));
  }
}

bool NameTemplate::names_clip() const
{
  return m_text.find("{clip") != std::string::npos;
}

std::string NameTemplate::of(const std::string& clip, const Pick& pick, std::size_t index) const
{
  return fmt::format(fmt::runtime(m_text), fmt::arg("clip", clip), fmt::arg("number", pick.frame.number),
                     fmt::arg("index", index), fmt::arg("time", pick.frame.timestamp_s),
                     fmt::arg("kind", name_of(pick.kind)));
}

std::string NameTemplate::of_clip(const std::string& clip) const
{
  return of(clip, {}, 0);
}

}  // namespace vidcv
