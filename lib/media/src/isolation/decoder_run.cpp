#include "isolation/decoder_run.hpp"

#include "isolation/lent_frame.hpp"

#include <algorithm>
#include <cmath>

namespace vidcv {
namespace {

constexpr std::uint64_t k_bytes_ahead = std::uint64_t{32} << 20U;
constexpr std::uint64_t k_most_ahead = 8;

bool is_plausible(const wire::Opened& opened)
{
  return std::isfinite(opened.fps) && std::isfinite(opened.duration_s) && std::isfinite(opened.tick_s) &&
         opened.tick_s >= 0;
}

}  // namespace

DecoderRun::DecoderRun(const MediaFile& file, const DecodeOptions& options)
    : m_options(options), m_link(file, options, Wanted::frames), m_opened(m_link.answer_of<wire::Opened>())
{
  if (!is_plausible(m_opened)) { m_link.refuse(); }
  m_link.want(m_ahead);
}

std::variant<DecoderRun::Given, wire::End> DecoderRun::next()
{
  const wire::Answer answer = m_link.answer();
  if (const auto* end = std::get_if<wire::End>(&answer)) { return *end; }
  const auto* picture = std::get_if<wire::Picture>(&answer);
  if (picture == nullptr || picture->number != m_next_number++ || picture->number >= m_options.limits.frames ||
      !std::isfinite(picture->last_duration_s)) {
    m_link.refuse();
  }
  auto frame = lent_frame(m_link.decoder(), *picture, m_options);
  if (!frame) { m_link.refuse(); }
  --m_ahead;
  keep_ahead(picture->bytes);
  return Given{std::move(*frame), picture->faults, picture->last_duration_s};
}

void DecoderRun::skip()
{
  if (std::holds_alternative<wire::End>(next())) { m_link.refuse(); }
}

/// Wants so many frames that the decoder need not wait, in few messages.
void DecoderRun::keep_ahead(std::uint64_t frame_bytes)
{
  const std::uint64_t most =
      std::clamp<std::uint64_t>(k_bytes_ahead / std::max<std::uint64_t>(frame_bytes, 1), 1, k_most_ahead);
  if (m_ahead > most / 2) { return; }
  m_link.want(most - m_ahead);
  m_ahead = most;
}

}  // namespace vidcv
