#include "progress_line.hpp"

#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string_view>

namespace vidcv {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::size_t k_recognisable = 12;  // columns of a name

std::string rate_text(double per_second)
{
  return per_second < 0.1 ? fmt::format("{:.1f}/min", per_second * 60) : fmt::format("{:.1f}/s", per_second);
}

std::string time_text(double seconds)
{
  const auto whole = std::llround(std::min(seconds, 1e9));
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

}  // namespace

void SlidingRate::add(std::int64_t count, ProgressClock::time_point now)
{
  constexpr auto k_slot = std::chrono::milliseconds(500);
  if (m_counts.empty() || now - m_counts.back().first >= k_slot) { m_counts.emplace_back(now, 0); }
  m_counts.back().second += count;
  forget(now);
}

/// Keeps the last few: one alone gives no rate.
void SlidingRate::forget(ProgressClock::time_point now)
{
  constexpr auto k_window = std::chrono::seconds(10);
  constexpr std::size_t k_few = 4;
  while (m_counts.size() > k_few && now - m_counts.front().first > k_window) {
    m_start = m_counts.front().first;
    m_counts.pop_front();
  }
}

double SlidingRate::per_second(ProgressClock::time_point now)
{
  forget(now);
  std::int64_t count = 0;
  for (const auto& [time, of_slot] : m_counts) { count += of_slot; }
  const double seconds = Seconds(now - m_start).count();
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

void ProgressLine::begin_file(const std::string& path, Time now)
{
  m_in_hand.push_back({path, now});
}

std::list<ProgressLine::FileInHand>::iterator ProgressLine::find(const std::string& path)
{
  return std::ranges::find(m_in_hand, path, &FileInHand::path);
}

void ProgressLine::add_frames(const std::string& path, std::int64_t count, Time now)
{
  if (const auto file = find(path); file != m_in_hand.end()) { file->frames += count; }
  m_all_frames += count;
  m_frames.add(count, now);
}

void ProgressLine::end_file(const std::string& path, Time now)
{
  if (const auto file = find(path); file != m_in_hand.end()) { m_in_hand.erase(file); }
  advance(now);
}

void ProgressLine::advance(Time now)
{
  ++m_done;
  m_files.add(1, now);
}

/// No time left is promised for files that are all in progress: how long they are is not known.
std::string ProgressLine::counts(Time now)
{
  std::string text = fmt::format("{}/{}", m_done, m_total);
  const std::int64_t left = m_total - m_done;
  const double rate = m_files.per_second(now);
  if (rate > 0) { text += "  " + rate_text(rate); }
  if (rate > 0 && left > std::ssize(m_in_hand)) {
    text += fmt::format("  {} left", time_text(static_cast<double>(left) / rate));
  }
  if (m_all_frames > 0) { text += fmt::format("  {} frames  {}", m_all_frames, rate_text(m_frames.per_second(now))); }
  return text;
}

/// Its name, and how far it is where there is room for that.
std::string ProgressLine::label(const FileInHand& file, Time now, std::size_t columns)
{
  constexpr auto k_long = std::chrono::seconds(2);
  std::string facts = file.frames > 0 ? fmt::format("{} frames", file.frames) : "";
  if (now - file.begun >= k_long) {
    facts += (facts.empty() ? "" : ", ") + time_text(std::floor(Seconds(now - file.begun).count()));
  }
  if (!facts.empty()) { facts = fmt::format(" ({})", facts); }
  if (facts.size() + k_recognisable > columns) { facts.clear(); }
  const std::string name = one_line(std::filesystem::path(file.path).filename().native());
  return shortened(name, columns - std::min(columns, facts.size())) + facts;
}

/// The oldest first, as many as can be recognised; `+3` for the others.
std::string ProgressLine::files(Time now, std::size_t columns) const
{
  constexpr std::size_t k_least = 6;  // for the only one
  for (std::size_t shown = m_in_hand.size(); shown > 0; --shown) {
    const std::size_t others = m_in_hand.size() - shown;
    const std::string more = others > 0 ? fmt::format(" +{}", others) : "";
    const std::size_t gaps = 2 * (shown - 1) + more.size();
    if (columns < gaps + (shown > 1 ? k_recognisable * shown : k_least)) { continue; }
    std::string text;
    std::size_t room = columns - gaps;
    auto file = m_in_hand.begin();
    for (std::size_t left = shown; left > 0; --left, ++file) {
      const std::string name = label(*file, now, room / left);
      room -= std::min(room, columns_of(name));
      text += (text.empty() ? "" : ", ") + name;
    }
    return text + more;
  }
  return {};
}

std::string ProgressLine::text(Time now, std::size_t columns)
{
  const std::string text = counts(now);
  constexpr std::string_view k_gap = "  ";
  if (text.size() + k_gap.size() >= columns) { return text.substr(0, columns); }
  const std::string names = files(now, columns - text.size() - k_gap.size());
  return names.empty() ? text : text + std::string(k_gap) + names;
}

}  // namespace vidcv
