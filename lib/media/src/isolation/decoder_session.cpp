#include "isolation/decoder_session.hpp"

#include "isolation/decoder_run.hpp"

#include <utility>

namespace vidcv {

/// Every transition but those of begun(): a step whose decoder is lost is taken again, with another decoder; one that
/// fails otherwise ends the session.
template <typename Step>
auto DecoderSession::attempt(Step&& step)
{
  for (;;) {
    try {
      return step();
    } catch (const DecoderLost& lost) {
      m_state = Over{};
      m_restarts.forgive(lost);
      m_state = Lost{};
    } catch (...) {
      m_state = Over{};
      throw;
    }
  }
}

DecoderSession::DecoderSession(const MediaFile& file, const DecodeOptions& options)
    : m_file(file), m_options(options), m_restarts(file)
{
  m_opened = attempt([&] { return begun().opened(); });
}

DecoderSession::~DecoderSession() = default;

std::optional<Frame> DecoderSession::next()
{
  if (std::holds_alternative<Over>(m_state)) { return std::nullopt; }
  return attempt([&] { return take(begun()); });
}

/// The run that is on its way, or a new one that has come as far as the one before.
DecoderRun& DecoderSession::begun()
{
  if (auto* run = std::get_if<Decoding>(&m_state)) { return **run; }
  auto run = std::make_unique<DecoderRun>(m_file, m_options);
  for (std::int64_t i = 0; i < m_given; ++i) { run->skip(); }
  return *m_state.emplace<Decoding>(std::move(run));
}

std::optional<Frame> DecoderSession::take(DecoderRun& run)
{
  auto given = run.next();
  if (const auto* end = std::get_if<wire::End>(&given)) {
    m_faults = end->faults;
    m_last_duration_s = end->last_duration_s;
    m_state = Over{};
    return std::nullopt;
  }
  auto& [frame, faults, last_duration_s] = std::get<DecoderRun::Given>(given);
  m_faults = faults;
  m_last_duration_s = last_duration_s;
  ++m_given;
  return std::move(frame);
}

}  // namespace vidcv
