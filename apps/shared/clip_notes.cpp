#include "clip_notes.hpp"

#include <vidcv/core/text.hpp>

#include <fmt/format.h>

namespace vidcv {

void report_notes(const SampledClip& clip, Report& report)
{
  const std::string name = one_line(clip.file.native());
  for (const std::string& line : warnings_of(clip)) { report.warning(fmt::format("{}: {}", name, line)); }
  if (clip.full_decode_reason.empty()) { return; }
  report.detail(fmt::format("{}: all of it was decoded, because of {}", name, one_line(clip.full_decode_reason)));
}

void report_changed_picture(const AssetRecord& asset, Report& report)
{
  report.warning(fmt::format("{}: its picture has changed; what was found by the old one goes", one_line(asset.tag)));
}

}  // namespace vidcv
