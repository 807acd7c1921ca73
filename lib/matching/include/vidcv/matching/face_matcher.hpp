#pragma once

#include <vidcv/core/embedding.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace vidcv {

/// The faces that are looked for. Faces of different lengths are of different models and never compared.
class FaceMatcher {
 public:
  struct Best {
    std::size_t asset = 0;
    double score = 0;
    std::optional<double> margin;  ///< to the next best one; nothing where there is no other
  };

  /// A vector without a direction is not a face.
  void add(std::size_t asset, Embedding face);

  /// The asset whose face is most alike, as a face is one person's; nothing where no face can be compared.
  std::optional<Best> best(const Embedding& face) const;

 private:
  std::vector<std::pair<std::size_t, Embedding>> m_faces;
};

}  // namespace vidcv
