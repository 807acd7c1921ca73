#include "search/clip_thumbnails.hpp"

#include <algorithm>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

constexpr double k_margin_s = 2;
constexpr std::size_t k_most_kept = 30'000;  // thumbnails of all clips: 264 MiB

/// The picture that is shown at each tenth of a second.
std::vector<Thumbnail> decoded(const fs::path& file, const Window& window, const DecodeOptions& decode)
{
  constexpr double k_step_s = 1 / k_thumbnails_per_second;
  constexpr double k_tolerance_s = 1e-6;
  std::vector<Thumbnail> all;
  ClipReader reader(file, decode);
  std::optional<Frame> shown;
  double due_s = window.from_s;
  const auto show_until = [&](double time_s) {
    const double end_s = std::min(time_s, window.to_s) - k_tolerance_s;
    if (!shown || due_s >= end_s) { return; }
    Thumbnail thumbnail = thumbnail_of(shown->to_rgb(), due_s);
    while (due_s < end_s) {
      thumbnail.time_s = due_s;
      all.push_back(thumbnail);
      due_s = window.from_s + static_cast<double>(all.size()) * k_step_s;
    }
  };
  while (const auto frame = reader.next()) {
    show_until(frame->timestamp_s());
    shown = frame;
    if (frame->timestamp_s() >= window.to_s) { return all; }
  }
  if (shown) { show_until(shown->timestamp_s() + std::max(reader.last_duration_s(), 2 * k_tolerance_s)); }
  return all;
}

}  // namespace

Window window_around(double from_s, double to_s)
{
  if (to_s + k_margin_s <= k_longest_window_s) { return {0, k_longest_window_s}; }
  const double begin_s = std::max(0.0, from_s - k_margin_s);
  return {begin_s, begin_s + k_longest_window_s};
}

ClipThumbnails::Thumbnails ClipThumbnails::of(const fs::path& file, const Window& window)
{
  const auto known =
      std::ranges::find_if(m_kept, [&](const Kept& kept) { return kept.file == file && kept.window == window; });
  Kept kept = known != m_kept.end()
                  ? *known
                  : Kept{file, window, std::make_shared<const std::vector<Thumbnail>>(decoded(file, window, m_decode))};
  if (known != m_kept.end()) { m_kept.erase(known); }
  m_kept.push_front(kept);
  std::size_t count = 0;
  const auto is_too_much = [&](const Kept& one) { return (count += one.thumbnails->size()) > k_most_kept; };
  m_kept.erase(std::find_if(m_kept.begin() + 1, m_kept.end(), is_too_much), m_kept.end());
  return kept.thumbnails;
}

}  // namespace vidcv
