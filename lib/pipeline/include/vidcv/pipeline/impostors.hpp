#pragma once

#include <vidcv/matching/match.hpp>
#include <vidcv/pipeline/lazy_encoder.hpp>
#include <vidcv/store/database.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace vidcv {

/// Makes the vectors of the model's plates, see plates.hpp, unless the database has them; opens the model for that.
/// @throws ModelError
void ensure_plates(Database& database, LazyEncoder& encoder, std::int64_t model_id);

/// What the assets of a manifest are mistaken for: the plates, and clips that do not show them.
class Impostors {
 public:
  /// @param matcher  of the assets; it must outlive this
  /// @param plates   vectors; may be none
  Impostors(const AssetMatcher& matcher, const std::vector<Embedding>& plates);

  /// One clip, by the vectors of its frames and regions.
  void add_clip(const std::vector<OwnedVector>& views);

  /// The level of each asset's impostors, see distinctness.hpp: that of the plates or of the clips, whichever is
  /// higher. A clip that surely shows the asset is left out: its best score reaches the threshold, and is distinct from
  /// the plates. So the clips of a hero who is in every one do not count against him. Nothing where there are neither.
  /// @param thresholds  cosines, per asset
  std::vector<std::optional<double>> levels(const std::vector<double>& thresholds) const;

 private:
  const AssetMatcher& m_matcher;
  std::vector<std::vector<double>> m_plates;  // each with a score per asset
  std::vector<std::vector<double>> m_clips;
};

/// From this distinctness on, against the plates alone, a clip surely shows an asset. The setting of the least
/// distinctness of a match has the same default; docs/benchmarks.md shows what it gives.
inline constexpr double k_sure_distinctness = 0.4;

}  // namespace vidcv
