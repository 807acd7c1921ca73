#pragma once

#include "../media/media_fixture.hpp"

#include <vidcv/core/identity.hpp>
#include <vidcv/media/clip_reader.hpp>
#include <vidcv/media/decoder_process.hpp>

#include <fmt/format.h>

namespace vidcv::testing {

/// Decoders that are started meanwhile lie behind a relay that does what `fault` says, see relayed_decoder.cpp.
class Relay {
 public:
  explicit Relay(const std::string& fault) : m_fault("VIDCV_TEST_RELAY", fault) { end_decoders(); }
  ~Relay() { end_decoders(); }

  /// "answer" or "request" for each fault that was done.
  std::vector<std::string> faults() const
  {
    std::ifstream file(m_folder / "faults");
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) { lines.push_back(line); }
    return lines;
  }

 private:
  TempFolder m_folder;
  ScopedVariable m_fault;
  ScopedVariable m_faults{"VIDCV_TEST_FAULTS", m_folder / "faults"};
  ScopedVariable m_decoder{"VIDCV_TEST_DECODER", VIDCV_REAL_DECODER};
};

/// A clip of so many frames, each of another gray.
inline void write_grays(const std::filesystem::path& file, int frames)
{
  std::vector<std::string> grays;
  for (int i = 0; i < frames; ++i) { grays.push_back(flat_yuv420(64, 48, 20 + 5 * i, 128, 128)); }
  write_y4m(file, "W64 H48 F25:1 Ip A1:1 C420jpeg", grays);
}

/// What a reader sees of a clip.
struct Seen {
  std::vector<std::string> frames;  ///< number, time and pixels
  std::string failure;              ///< empty: none
  bool operator==(const Seen&) const = default;
};

inline DecodeOptions isolated()
{
  DecodeOptions options;
  options.threads = 1;
  options.isolation = Isolation::process;
  return options;
}

/// @param after_frame  called with the number of each
template <typename AfterFrame>
Seen see(const std::filesystem::path& file, const DecodeOptions& options, const AfterFrame& after_frame)
{
  Seen seen;
  try {
    ClipReader reader(file, options);
    while (auto frame = reader.next()) {
      const RgbImage image = frame->to_rgb();
      seen.frames.push_back(fmt::format("{} {} {}", frame->number(), frame->timestamp_s(),
                                        sha256_hex(std::as_bytes(std::span(image.pixels)))));
      after_frame(frame->number());
    }
  } catch (const Error& error) {
    seen.failure = error.what();
  }
  return seen;
}
inline Seen see(const std::filesystem::path& file, const DecodeOptions& options = isolated())
{
  return see(file, options, [](std::int64_t) {});
}

}  // namespace vidcv::testing
