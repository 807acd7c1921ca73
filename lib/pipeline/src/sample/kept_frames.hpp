#pragma once

#include <vidcv/media/clip_reader.hpp>
#include <vidcv/sampling/frame_stats.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>

namespace vidcv {

/// The frames of a clip that may still be chosen. Beyond a number of bytes the earliest pictures are released, and
/// decoded once more if they are chosen after all: that is so for 8K, and for nothing up to 4K with the usual budget.
class KeptFrames {
 public:
  /// @param decode  as the frames were decoded
  KeptFrames(std::filesystem::path file, const DecodeOptions& decode, std::size_t most_bytes);

  void put(const Frame& frame);
  /// Releases the frames that are no longer held.
  void retain(const std::function<bool(std::int64_t number)>& held);
  const FrameStats& measure_frame(std::int64_t number);
  /// In ascending order of their numbers where pictures were released.
  /// @throws MediaError if it cannot be decoded again
  Frame frame(std::int64_t number);

 private:
  struct Kept {
    std::optional<Frame> picture;  // not once it was released
    std::optional<FrameStats> stats;
  };
  void let_go();
  Frame decoded_again(std::int64_t number);

  std::filesystem::path m_file;
  DecodeOptions m_decode;
  std::size_t m_most_bytes;
  std::map<std::int64_t, Kept> m_kept;
  std::optional<ClipReader> m_again;
};

}  // namespace vidcv
