#pragma once

#include <vidcv/core/image.hpp>

#include <cstddef>

namespace vidcv {

/// Note on plates. Title cards, credits, test patterns and plain grounds look alike to every network, whatever they
/// say: such pictures of different films have cosines of 0.9. vidcv draws some of its own, the same ones everywhere, as
/// impostors that no library is without: 24 cards of letters that mean nothing, two gradients, colour bars, two discs,
/// a chequered board, noise, and a gray ground.
inline constexpr std::size_t k_plates = 32;

/// Plate `number`, 640 x 360. Drawn with whole numbers alone: the same bytes on every machine.
RgbImage plate(std::size_t number);

}  // namespace vidcv
