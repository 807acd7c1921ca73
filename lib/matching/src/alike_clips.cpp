#include <vidcv/matching/match.hpp>
#include <vidcv/matching/shared_stretches.hpp>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace vidcv {
namespace {

/// Frames of a clip that are as alike as this stand for one another.
constexpr double k_redundant = 0.9;
/// Frames of the clips that are compared with all later ones in one product.
constexpr std::size_t k_block_frames = 8192;
/// Of a float32 length.
constexpr double k_rounding = 1e-6;

/// How many of a vector's numbers tell two that have nothing in common from two whose cosine is `least_score`.
std::size_t shortened_dim(std::size_t dim, double least_score)
{
  constexpr double k_more = 0.2;
  return std::min(dim, static_cast<std::size_t>(std::ceil((1 - least_score + k_more) * static_cast<double>(dim))));
}

/// The first numbers of each vector and, as the last one, the length of the rest: unit length again. By Cauchy and
/// Schwarz the cosine of two of them is at least that of the whole vectors.
class ShortVectors {
 public:
  ShortVectors(std::size_t dim, std::size_t kept) : m_dim(dim), m_kept(kept) {}

  void add(std::size_t owner, std::span<const float> vector)
  {
    m_owners.push_back(owner);
    m_numbers.insert(m_numbers.end(), vector.begin(), vector.begin() + static_cast<std::ptrdiff_t>(m_kept));
    double rest = 0;
    for (std::size_t k = m_kept; k < m_dim; ++k) { rest += double{vector[k]} * double{vector[k]}; }
    m_numbers.push_back(static_cast<float>(std::sqrt(rest)));
  }

  std::size_t dim() const noexcept { return m_kept + 1; }
  std::size_t size() const noexcept { return m_owners.size(); }

  /// Those from position `first` on; until the next is added.
  std::vector<OwnedVector> from(std::size_t first) const
  {
    std::vector<OwnedVector> all;
    for (std::size_t i = first; i < size(); ++i) {
      all.push_back({m_owners[i], std::span(m_numbers).subspan(i * dim(), dim())});
    }
    return all;
  }

 private:
  std::size_t m_dim;
  std::size_t m_kept;
  std::vector<std::size_t> m_owners;
  std::vector<float> m_numbers;
};

/// Frames none of which is like an earlier one of them.
std::vector<std::span<const float>> leaders_of(const Footage& clip)
{
  std::vector<std::span<const float>> leaders;
  for (const auto& vector : clip.vectors) {
    const bool is_known = std::ranges::any_of(
        leaders, [&](std::span<const float> leader) { return cosine(leader, vector) >= k_redundant; });
    if (!is_known) { leaders.push_back(vector); }
  }
  return leaders;
}

}  // namespace

std::vector<AlikeClips> alike_clips(std::span<const Footage> clips, double least_score, int threads)
{
  const auto filled = std::ranges::find_if(clips, [](const Footage& clip) { return !clip.vectors.empty(); });
  if (filled == clips.end()) { return {}; }
  const std::size_t dim = filled->vectors.front().size();
  const std::size_t kept = shortened_dim(dim, least_score);
  ShortVectors leaders(dim, kept);
  std::vector<std::size_t> first_leader;  // of each clip
  for (std::size_t clip = 0; clip < clips.size(); ++clip) {
    first_leader.push_back(leaders.size());
    for (const auto& vector : leaders_of(clips[clip])) { leaders.add(clip, vector); }
  }
  std::vector<AlikeClips> pairs;
  for (std::size_t begin = 0, end = 0; begin < clips.size(); begin = end) {
    ShortVectors frames(dim, kept);
    for (; end < clips.size() && frames.size() < k_block_frames; ++end) {
      for (const auto& vector : clips[end].vectors) { frames.add(end - begin, vector); }
    }
    const auto pictures = frames.from(0);
    const AssetMatcher matcher(frames.dim(), pictures, end - begin);
    const MatchRule rule{.thresholds = std::vector(end - begin, least_score - k_rounding)};
    for (const Match& match : matcher.match(leaders.from(first_leader[begin]), rule, threads)) {
      if (match.frame > begin + match.asset) { pairs.push_back({begin + match.asset, match.frame, match.score}); }
    }
  }
  std::ranges::sort(pairs, {},
                    [](const AlikeClips& pair) { return std::tuple(pair.earlier, -pair.score, pair.later); });
  return pairs;
}

}  // namespace vidcv
