#include <vidcv/pipeline/duplicates.hpp>

#include "search/clip_thumbnails.hpp"
#include "search/library_footage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace vidcv {
namespace {

/// The share of a clip that has to be in another one for all of it to be there.
constexpr double k_all = 0.8;
/// Of one clip. Each shared passage costs a comparison, and what more clips share is a title or a black frame.
constexpr int k_most_sharing = 100;

/// How much of two clips a passage is.
struct Coverage {
  double clip = 0;
  double of = 0;

  Relation relation() const
  {
    if (clip >= k_all && of >= k_all) { return Relation::same; }
    return clip >= k_all || of >= k_all ? Relation::part : Relation::shared;
  }
};

double share(std::size_t first, std::size_t last, std::size_t count)
{
  return static_cast<double>(last - first + 1) / static_cast<double>(count);
}

/// As a share of the time that thumbnails cover.
double share(double from_s, double to_s, const std::vector<Thumbnail>& all)
{
  constexpr double k_step_s = 1 / k_thumbnails_per_second;
  return (to_s - from_s + k_step_s) / (all.back().time_s - all.front().time_s + k_step_s);
}

class DuplicateFinder {
 public:
  DuplicateFinder(const LibraryFootage& library, const DuplicateRequest& request, const DuplicateHooks& hooks)
      : m_library(library),
        m_request(request),
        m_hooks(hooks),
        m_thumbnails(request.decode),
        m_is_copy(library.size()),
        m_sharing(library.size())
  {
  }

  DuplicateCounts run()
  {
    m_counts.clips = static_cast<std::int64_t>(m_library.size());
    const auto pairs = alike_clips(m_library.clips(), m_request.least_score, m_request.threads);
    m_hooks.expect(m_counts.clips);
    auto pair = pairs.begin();
    for (std::size_t clip = 0; clip < m_library.size(); ++clip) {
      m_hooks.begin(m_library.path(clip));
      for (; pair != pairs.end() && pair->earlier == clip; ++pair) { compare(pair->earlier, pair->later); }
      m_hooks.end(m_library.path(clip));
    }
    return m_counts;
  }

 private:
  void compare(std::size_t of, std::size_t clip)
  {
    if (m_request.decode.is_abandoned()) { throw Abandoned(); }
    if (m_is_copy[of] || m_is_copy[clip] || m_sharing[of] > k_most_sharing) { return; }
    for (const SharedStretch& stretch :
         shared_stretches(m_library.clips()[clip], m_library.clips()[of], m_request.least_score)) {
      auto [duplicate, coverage] = by_vectors(clip, of, stretch);
      if (m_request.verify && !agree(duplicate, coverage, stretch)) { continue; }
      duplicate.relation = coverage.relation();
      if (!is_long_enough(duplicate)) { continue; }
      if (duplicate.relation == Relation::part && coverage.clip < k_all) { swap_sides(duplicate); }
      m_hooks.found(duplicate);
      if (duplicate.relation == Relation::same) {
        m_is_copy[clip] = true;
        return;
      }
      if (duplicate.relation == Relation::shared) { count_sharing(of); }
      if (duplicate.relation == Relation::part) { return; }
    }
  }

  std::pair<Duplicate, Coverage> by_vectors(std::size_t clip, std::size_t of, const SharedStretch& stretch) const
  {
    const auto& times = m_library.clips()[clip].times_s;
    const auto& other_times = m_library.clips()[of].times_s;
    const auto [other_first, other_last] = std::minmax(stretch.other_first, stretch.other_last);
    Duplicate duplicate;
    duplicate.clip = {m_library.path(clip), times[stretch.first], times[stretch.last]};
    duplicate.of = {m_library.path(of), other_times[other_first], other_times[other_last]};
    duplicate.speed = stretch.line.speed;
    duplicate.score = stretch.score;
    return {duplicate,
            {share(stretch.first, stretch.last, times.size()), share(other_first, other_last, other_times.size())}};
  }

  /// Compares pixels, and puts what they say in the place of what vectors said.
  bool agree(Duplicate& duplicate, Coverage& coverage, const SharedStretch& stretch)
  {
    const Window window = window_around(duplicate.clip.from_s, duplicate.clip.to_s);
    const Window other_window = window_around(duplicate.of.from_s, duplicate.of.to_s);
    const auto thumbnails = thumbnails_of(duplicate.clip.path, window);
    const auto others = thumbnails_of(duplicate.of.path, other_window);
    if (!thumbnails || !others || thumbnails->empty() || others->empty()) { return false; }
    const auto match = compare_pixels(*thumbnails, *others, stretch.line, duplicate.clip.from_s, duplicate.clip.to_s);
    if (!match) {
      ++m_counts.refuted;
      return false;
    }
    duplicate.pixels = PixelEvidence{match->picture, match->motion, match->mirrored};
    duplicate.speed = match->line.speed;
    const bool are_whole = window.from_s == 0 && other_window.from_s == 0 &&
                           thumbnails->back().time_s + 1 < k_longest_window_s &&
                           others->back().time_s + 1 < k_longest_window_s;
    if (!are_whole) { return true; }
    duplicate.clip.from_s = match->from_s;
    duplicate.clip.to_s = match->to_s;
    duplicate.of.from_s = std::max(match->line.at(match->from_s), others->front().time_s);
    duplicate.of.to_s = std::min(match->line.at(match->to_s), others->back().time_s);
    coverage = {share(duplicate.clip.from_s, duplicate.clip.to_s, *thumbnails),
                share(duplicate.of.from_s, duplicate.of.to_s, *others)};
    return true;
  }

  /// Null where the clip cannot be decoded.
  ClipThumbnails::Thumbnails thumbnails_of(const std::string& path, const Window& window)
  {
    if (m_unreadable.contains(path)) { return nullptr; }
    try {
      return m_thumbnails.of(path, window);
    } catch (const MediaError& error) {
      m_unreadable.insert(path);
      m_hooks.failed(error);
      return nullptr;
    }
  }

  bool is_long_enough(const Duplicate& duplicate) const
  {
    return duplicate.relation != Relation::shared ||
           duplicate.clip.to_s - duplicate.clip.from_s >= m_request.least_shared_s;
  }

  /// The clip becomes the one that all of is in the other.
  static void swap_sides(Duplicate& duplicate)
  {
    std::swap(duplicate.clip, duplicate.of);
    duplicate.speed = 1 / duplicate.speed;
  }

  void count_sharing(std::size_t of)
  {
    if (++m_sharing[of] == k_most_sharing + 1) {
      m_hooks.warning(fmt::format("{}: shares passages with more than {} clips, the rest of which are left out",
                                  m_library.path(of), k_most_sharing));
    }
  }

  const LibraryFootage& m_library;
  const DuplicateRequest& m_request;
  const DuplicateHooks& m_hooks;
  ClipThumbnails m_thumbnails;
  std::vector<bool> m_is_copy;
  std::vector<int> m_sharing;
  std::set<std::string> m_unreadable;
  DuplicateCounts m_counts;
};

}  // namespace

DuplicateCounts find_duplicates(Database& database, const StoredModel& model, const DuplicateRequest& request,
                                const DuplicateHooks& hooks)
{
  const LibraryFootage library(database, model, request.takes);
  return DuplicateFinder(library, request, hooks).run();
}

}  // namespace vidcv
