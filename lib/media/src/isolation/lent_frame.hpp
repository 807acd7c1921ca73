#pragma once

#include "isolation/decoder_wire.hpp"

#include <vidcv/media/frame.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace vidcv {

class SpawnedDecoder;

/// A picture in a decoder's memory, which is released with the last copy of the frame. Nothing that the decoder reports
/// about it is used unchecked: all planes lie in that memory, in sizes that are allowed.
/// @returns nothing if that is not the case
std::optional<Frame> lent_frame(const std::shared_ptr<SpawnedDecoder>& decoder, const wire::Picture& picture,
                                const DecodeOptions& options);

/// A copy; nothing if the times do not lie in the memory or are impossible.
std::optional<FrameTimes> lent_times(SpawnedDecoder& decoder, const wire::TimesOfFrames& times);

}  // namespace vidcv
