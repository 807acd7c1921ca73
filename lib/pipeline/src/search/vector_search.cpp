#include <vidcv/pipeline/vector_search.hpp>

#include "search/index_files.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/matching/continuity.hpp>
#include <vidcv/matching/match.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace vidcv {
namespace {

constexpr double k_none = -std::numeric_limits<double>::infinity();

bool is_in_time(const SearchFilter& filter, double timestamp_s)
{
  return (!filter.from_s || timestamp_s >= *filter.from_s) && (!filter.to_s || timestamp_s <= *filter.to_s);
}

/// The `count`-th largest number; -infinity where there are fewer.
template <typename Number>
double nth_largest(std::vector<Number> numbers, std::size_t count)
{
  if (numbers.size() < count || count == 0) { return k_none; }
  const auto place = numbers.begin() + static_cast<std::ptrdiff_t>(count - 1);
  std::ranges::nth_element(numbers, place, std::ranges::greater());
  return *place;
}

/// The clips that a filter takes.
class PathFilter {
 public:
  PathFilter(Database& database, const SearchFilter& filter) : m_is_open(!filter.takes)
  {
    if (m_is_open) { return; }
    each_media(database, [&](std::int64_t id, const std::string& path) {
      if (filter.takes(percent_unescaped(path))) { m_taken.insert(id); }
    });
  }

  bool takes(std::int64_t clip_id) const { return m_is_open || m_taken.contains(clip_id); }

 private:
  bool m_is_open;
  std::set<std::int64_t> m_taken;
};

}  // namespace

struct VectorSearch::Scored {
  IndexRow row;
  double score = 0;
};

VectorSearch::VectorSearch(Database& database, const StoredModel& model, std::function<void(const std::string&)> note)
    : m_database(database), m_model(model), m_note(std::move(note))
{
}

VectorSearch::~VectorSearch() = default;

/// The index of what is stored now; nothing where none can be made.
std::unique_ptr<VectorIndex> VectorSearch::current_index()
{
  const IndexKey key = index_key(m_model, vectors_generation(m_database));
  const std::filesystem::path file = index_file(m_database.path(), m_model);
  if (auto index = VectorIndex::open(file, key)) { return index; }
  try {
    const std::size_t rows = build_index_file(m_database, m_model, key);
    m_note(fmt::format("{}: made, of {} vectors", file.native(), rows));
    if (auto index = VectorIndex::open(file, key)) { return index; }
  } catch (const StoreError& error) {
    m_note(fmt::format("the index is kept in memory: {}", error.what()));
  }
  return VectorIndex::of_bytes(build_index_bytes(m_database, m_model, key), key);
}

std::vector<VectorSearch::Scored> VectorSearch::all_rows(const SearchRequest& request)
{
  const PathFilter paths(m_database, request.filter);
  std::vector<Scored> rows;
  each_vector(m_database, m_model.id, [&](const VectorRow& row) {
    if (!is_in_time(request.filter, row.timestamp_s)) { return; }
    rows.push_back({{row.frame_id, row.region_id, row.media_id, row.timestamp_s}, cosine(request.query, row.vector)});
  });
  std::erase_if(rows, [&](const Scored& scored) { return !paths.takes(scored.row.clip_id); });
  return rows;
}

/// Rows that the bounds leave in doubt, scored as they are. Nothing where the index does not fit the database.
///
/// Let L be the `clips`-th largest of the clips' best lower bounds. The last of the clips that are asked for has a best
/// score of L or more, so no clip whose best upper bound is below L is among them, and a row below L counts only where
/// a lower score is asked for.
std::optional<std::vector<VectorSearch::Scored>> VectorSearch::by_index(const VectorIndex& index,
                                                                        const SearchRequest& request)
{
  const auto scores = index.scan(request.query, request.threads);
  if (!scores) { return std::nullopt; }
  const PathFilter paths(m_database, request.filter);
  std::vector<bool> is_taken(index.clips().size(), true);
  for (std::size_t i = 0; i < is_taken.size(); ++i) { is_taken[i] = paths.takes(index.clips()[i]); }
  const bool is_open = request.filter.is_open();
  const auto counts = [&](std::size_t i) {
    return is_open || (is_taken[index.clip_of(i)] && is_in_time(request.filter, index.row(i).timestamp_s));
  };
  std::vector<float> lower(index.clips().size(), static_cast<float>(k_none));
  std::vector<float> upper = lower;
  for (std::size_t i = 0; i < scores->size(); ++i) {
    const RowScore& score = (*scores)[i];
    const std::size_t clip = index.clip_of(i);
    const bool is_higher = score.score - score.error > lower[clip] || score.score + score.error > upper[clip];
    if (!is_higher || !counts(i)) { continue; }
    lower[clip] = std::max(lower[clip], score.score - score.error);
    upper[clip] = std::max(upper[clip], score.score + score.error);
  }
  const double last = nth_largest(lower, request.clips);
  const double cut = request.least_score.value_or(last);
  VectorReader reader(m_database, m_model.id);
  std::vector<Scored> found;
  for (std::size_t i = 0; i < scores->size(); ++i) {
    const RowScore& score = (*scores)[i];
    if (double{score.score} + double{score.error} < cut || double{upper[index.clip_of(i)]} < last || !counts(i)) {
      continue;
    }
    const IndexRow row = index.row(i);
    const Embedding vector = reader.find(row.frame_id, row.region_id);
    if (vector.empty()) { return std::nullopt; }
    found.push_back({row, cosine(request.query, vector)});
  }
  return found;
}

std::vector<VectorSearch::Scored> VectorSearch::candidates(const SearchRequest& request)
{
  if (request.exact_scan) { return all_rows(request); }
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto index = current_index();
    if (!index) { break; }
    if (auto found = by_index(*index, request)) { return *std::move(found); }
    std::error_code ignored;
    std::filesystem::remove(index_file(m_database.path(), m_model), ignored);
    m_note("the index is damaged: it is made again");
  }
  return all_rows(request);
}

std::vector<FoundMoment> VectorSearch::find(const SearchRequest& request)
{
  const ReadTransaction one_moment(m_database);
  std::vector<Scored> found = candidates(request);
  std::map<std::int64_t, const Scored*> best;  // by clip
  const auto is_better = [](const Scored& a, const Scored& b) {
    return std::tuple(-a.score, a.row.frame_id, a.row.region_id) <
           std::tuple(-b.score, b.row.frame_id, b.row.region_id);
  };
  for (const Scored& scored : found) {
    const Scored*& known = best.try_emplace(scored.row.clip_id, &scored).first->second;
    if (is_better(scored, *known)) { known = &scored; }
  }
  std::vector<const Scored*> clips;
  for (const auto& [clip, scored] : best) { clips.push_back(scored); }
  std::ranges::sort(clips, [&](const Scored* a, const Scored* b) { return is_better(*a, *b); });
  if (clips.size() > request.clips) { clips.resize(request.clips); }
  if (clips.empty()) { return {}; }
  const double last = clips.back()->score;
  std::map<std::int64_t, double> cuts;  // by clip
  for (const Scored* clip : clips) { cuts[clip->row.clip_id] = request.least_score.value_or((clip->score + last) / 2); }
  std::erase_if(found, [&](const Scored& scored) {
    const auto cut = cuts.find(scored.row.clip_id);
    return cut == cuts.end() || scored.score < cut->second;
  });
  std::ranges::sort(found, is_better);
  return moments(found, request.least_score ? Moments::all : Moments::best);
}

/// Of rows that come best first.
std::vector<FoundMoment> VectorSearch::moments(const std::vector<Scored>& found, Moments which)
{
  std::map<std::int64_t, std::map<std::int64_t, const Scored*>> by_clip;  // then by frame: its best row
  for (const Scored& scored : found) { by_clip[scored.row.clip_id].try_emplace(scored.row.frame_id, &scored); }
  using Ranked = std::pair<std::tuple<double, std::int64_t>, FoundMoment>;
  const auto rank_of = [](const Ranked& entry) { return entry.first; };
  std::vector<Ranked> ranked;
  for (const auto& [clip_id, rows] : by_clip) {
    const std::vector<FramePlace> frames = frame_places_of(m_database, clip_id);
    std::vector<double> times_s;
    std::vector<bool> seen;
    for (const FramePlace& frame : frames) {
      times_s.push_back(frame.timestamp_s);
      seen.push_back(rows.contains(frame.id));
    }
    const std::string path = percent_unescaped(path_of_media(m_database, clip_id));
    const auto before = std::ssize(ranked);
    for (const Interval& run : intervals_of(times_s, seen, longest_step(times_s))) {
      FoundMoment moment{path, run.from_s, run.to_s, {}, {}};
      moment.best.score = k_none;
      std::int64_t best_id = 0;
      for (std::size_t i = run.first; i <= run.last; ++i) {
        const Scored& scored = *rows.at(frames[i].id);
        moment.frames.push_back(
            {frames[i].number, frames[i].timestamp_s, scored.score, box_of_region(m_database, scored.row.region_id)});
        if (scored.score > moment.best.score) {
          moment.best = moment.frames.back();
          best_id = frames[i].id;
        }
      }
      ranked.emplace_back(std::tuple(-moment.best.score, best_id), std::move(moment));
    }
    if (which == Moments::all) { continue; }
    const auto best = std::ranges::min_element(ranked.begin() + before, ranked.end(), {}, rank_of);
    std::iter_swap(ranked.begin() + before, best);
    ranked.erase(ranked.begin() + before + 1, ranked.end());
  }
  std::ranges::sort(ranked, {}, rank_of);
  std::vector<FoundMoment> all;
  for (auto& [rank, moment] : ranked) { all.push_back(std::move(moment)); }
  return all;
}

}  // namespace vidcv
