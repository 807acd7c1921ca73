#include <vidcv/matching/match.hpp>

#include "frame_matcher.hpp"
#include "score_kernel.hpp"

#include <vidcv/core/threads.hpp>

#include <hwy/aligned_allocator.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <thread>

namespace vidcv {
namespace {

constexpr std::size_t k_views_per_block = 96;  // with 512 numbers each they fit the second cache beside one panel

using Floats = hwy::AlignedFreeUniquePtr<float[]>;

bool is_usable(std::span<const float> vector, std::size_t dim)
{
  return vector.size() == dim && std::ranges::all_of(vector, [](float x) { return std::isfinite(x); });
}

std::size_t panels_for(std::size_t vectors, std::size_t width)
{
  return (vectors + width - 1) / width;
}

/// The vectors in panels of `width`; places beyond the last one are zero.
void pack(std::span<const OwnedVector> vectors, std::size_t dim, std::size_t width, float* packed)
{
  std::fill_n(packed, panels_for(vectors.size(), width) * width * dim, 0.0F);
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    float* place = packed + i / width * width * dim + i % width;
    for (std::size_t k = 0; k < dim; ++k) { place[k * width] = vectors[i].vector[k]; }
  }
}

/// Positions [first, last) of views that are compared together: whole frames.
struct Block {
  std::size_t first = 0;
  std::size_t last = 0;
};

std::size_t end_of_frame(std::span<const OwnedVector> views, std::size_t first)
{
  std::size_t last = first;
  while (last < views.size() && views[last].owner == views[first].owner) { ++last; }
  return last;
}

std::vector<Block> blocks_of(std::span<const OwnedVector> views)
{
  std::vector<Block> blocks;
  for (std::size_t first = 0; first < views.size();) {
    const std::size_t last = end_of_frame(views, first);
    const bool fits = !blocks.empty() && last - blocks.back().first <= k_views_per_block;
    if (!fits) { blocks.push_back({first, first}); }
    blocks.back().last = last;
    first = last;
  }
  return blocks;
}

/// The vectors that count, and where each stands in the list that was given.
struct UsableVectors {
  std::vector<OwnedVector> vectors;
  std::vector<std::size_t> positions;
};

UsableVectors usable(std::span<const OwnedVector> vectors, std::size_t dim)
{
  UsableVectors usable;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    if (!is_usable(vectors[i].vector, dim)) { continue; }
    usable.vectors.push_back(vectors[i]);
    usable.positions.push_back(i);
  }
  return usable;
}

}  // namespace

double cosine(std::span<const float> a, std::span<const float> b) noexcept
{
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) { sum += double{a[i]} * double{b[i]}; }
  return sum;
}

struct AssetMatcher::Packed {
  std::size_t panels = 0;
  Floats pictures;
};

AssetMatcher::AssetMatcher(std::size_t dim, std::span<const OwnedVector> pictures, std::size_t assets)
    : m_dim(dim), m_assets(assets), m_packed(std::make_unique<Packed>())
{
  UsableVectors found = usable(pictures, dim);
  m_pictures = std::move(found.vectors);
  m_positions = std::move(found.positions);
  const std::size_t width = column_panel_width();
  m_packed->panels = panels_for(m_pictures.size(), width);
  m_packed->pictures = hwy::AllocateAligned<float>(std::max<std::size_t>(1, m_packed->panels * width * dim));
  pack(m_pictures, dim, width, m_packed->pictures.get());
}

AssetMatcher::~AssetMatcher() = default;

/// The scores in float of one block after the other: a row per view, a column per picture. One for each thread.
class AssetMatcher::BlockScores {
 public:
  BlockScores(const AssetMatcher& matcher, const UsableVectors& known)
      : m_matcher(matcher), m_known(known), m_stride(matcher.m_packed->panels * column_panel_width())
  {
  }

  void score(const Block& block)
  {
    const std::size_t width = row_panel_width();
    const std::size_t panels = panels_for(block.last - block.first, width);
    if (panels > m_panels) {
      m_rows = hwy::AllocateAligned<float>(panels * width * m_matcher.m_dim);
      m_scores = hwy::AllocateAligned<float>(panels * width * m_stride);
      m_panels = panels;
    }
    const Packed& packed = *m_matcher.m_packed;
    pack(std::span(m_known.vectors).subspan(block.first, block.last - block.first), m_matcher.m_dim, width,
         m_rows.get());
    score_panels(m_rows.get(), panels, packed.pictures.get(), packed.panels, m_matcher.m_dim, m_scores.get());
  }

  /// Of the block's `number`-th view.
  const float* row(std::size_t number) const { return m_scores.get() + number * m_stride; }
  std::size_t stride() const { return m_stride; }

 private:
  const AssetMatcher& m_matcher;
  const UsableVectors& m_known;
  std::size_t m_stride;
  std::size_t m_panels = 0;  // for which there is room
  Floats m_rows;
  Floats m_scores;
};

/// Compares block after block; one for each thread.
class AssetMatcher::BlockMatcher {
 public:
  BlockMatcher(const AssetMatcher& matcher, const UsableVectors& known, const MatchRule& rule)
      : m_matcher(matcher),
        m_known(known),
        m_frames(matcher.m_pictures, matcher.m_assets, rule, score_error(matcher.m_dim)),
        m_scores(matcher, known)
  {
  }

  std::vector<Match> match(const Block& block)
  {
    m_scores.score(block);
    std::vector<Match> matches;
    const std::span<const OwnedVector> views(m_known.vectors);
    for (std::size_t first = block.first; first < block.last;) {
      const std::size_t last = end_of_frame(views, first);
      const std::size_t before = matches.size();
      m_frames.match({views.subspan(first, last - first), m_scores.row(first - block.first), m_scores.stride()},
                     matches);
      for (Match& match : std::span(matches).subspan(before)) {
        match.view = m_known.positions[first + match.view];
        match.picture = m_matcher.m_positions[match.picture];
      }
      first = last;
    }
    return matches;
  }

 private:
  const AssetMatcher& m_matcher;
  const UsableVectors& m_known;
  FrameMatcher m_frames;
  BlockScores m_scores;
};

/// Each asset's best score is compared in double where a pair may be it.
std::vector<double> AssetMatcher::best_scores(std::span<const OwnedVector> views) const
{
  std::vector<double> best(m_assets, -std::numeric_limits<double>::infinity());
  if (m_pictures.empty()) { return best; }
  const UsableVectors known = usable(views, m_dim);
  const double error = score_error(m_dim);
  BlockScores scores(*this, known);
  for (const Block& block : blocks_of(known.vectors)) {
    scores.score(block);
    std::vector<double> rough(best);
    const auto each_pair = [&](const auto& visit) {
      for (std::size_t view = block.first; view < block.last; ++view) {
        const float* row = scores.row(view - block.first);
        for (std::size_t i = 0; i < m_pictures.size(); ++i) { visit(view, m_pictures[i], double{row[i]}); }
      }
    };
    each_pair([&](std::size_t, const OwnedVector& picture, double score) {
      rough[picture.owner] = std::max(rough[picture.owner], score);
    });
    each_pair([&](std::size_t view, const OwnedVector& picture, double score) {
      if (score < rough[picture.owner] - 2 * error) { return; }
      best[picture.owner] = std::max(best[picture.owner], cosine(known.vectors[view].vector, picture.vector));
    });
  }
  return best;
}

std::vector<Match> AssetMatcher::match(std::span<const OwnedVector> views, const MatchRule& rule, int threads) const
{
  const UsableVectors known = usable(views, m_dim);
  const std::vector<Block> blocks = m_pictures.empty() ? std::vector<Block>{} : blocks_of(known.vectors);
  std::vector<std::vector<Match>> found(blocks.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    BlockMatcher matcher(*this, known, rule);
    for (std::size_t i = next++; i < blocks.size(); i = next++) { found[i] = matcher.match(blocks[i]); }
  };
  {
    const auto useful = std::min(std::ssize(blocks), std::ptrdiff_t{thread_count(threads)});
    const auto others = start_threads(static_cast<std::size_t>(std::max<std::ptrdiff_t>(useful - 1, 0)), work);
    work();
  }
  std::vector<Match> matches;
  for (const std::vector<Match>& some : found) { matches.insert(matches.end(), some.begin(), some.end()); }
  return matches;
}

}  // namespace vidcv
