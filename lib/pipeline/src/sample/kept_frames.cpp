#include "sample/kept_frames.hpp"

#include <vidcv/core/error.hpp>

#include <utility>

namespace vidcv {

KeptFrames::KeptFrames(std::filesystem::path file, const DecodeOptions& decode, std::size_t most_bytes)
    : m_file(std::move(file)), m_decode(decode), m_most_bytes(most_bytes)
{
}

void KeptFrames::put(const Frame& frame)
{
  m_kept.emplace(frame.number(), Kept{frame, std::nullopt});
  let_go();
}

void KeptFrames::retain(const std::function<bool(std::int64_t number)>& held)
{
  std::erase_if(m_kept, [&](const auto& entry) { return !held(entry.first); });
}

const FrameStats& KeptFrames::measure_frame(std::int64_t number)
{
  Kept& kept = m_kept.at(number);
  if (!kept.stats) { kept.stats = vidcv::measure_frame(kept.picture.value().luma()); }
  return *kept.stats;
}

Frame KeptFrames::frame(std::int64_t number)
{
  const Kept& kept = m_kept.at(number);
  return kept.picture ? *kept.picture : decoded_again(number);
}

/// The newest one stays: it has only just come.
void KeptFrames::let_go()
{
  std::size_t bytes = 0;
  for (auto entry = m_kept.rbegin(); entry != m_kept.rend(); ++entry) {
    auto& [number, kept] = *entry;
    if (!kept.picture) { continue; }
    bytes += kept.picture->bytes();
    if (bytes <= m_most_bytes || entry == m_kept.rbegin()) { continue; }
    measure_frame(number);
    kept.picture.reset();
  }
}

Frame KeptFrames::decoded_again(std::int64_t number)
{
  if (!m_again) { m_again.emplace(m_file, m_decode); }
  while (auto frame = m_again->next()) {
    if (frame->number() == number) { return *frame; }
  }
  throw MediaError(m_file.native(), "decode", "a frame does not decode for a second time");
}

}  // namespace vidcv
