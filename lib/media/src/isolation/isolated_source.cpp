#include "isolation/isolated_source.hpp"

#include "isolation/decoder_session.hpp"
#include "isolation/lent_frame.hpp"

#include <utility>

namespace vidcv {
namespace {

class IsolatedSource : public ClipSource {
 public:
  IsolatedSource(const MediaFile& file, const DecodeOptions& options) : m_session(file, options) {}

  std::optional<Frame> next() override { return m_session.next(); }
  ContainerClaims claims() override
  {
    const wire::Opened& opened = m_session.opened();
    ContainerClaims claims;
    if (opened.has_fps != 0) { claims.fps = opened.fps; }
    if (opened.has_frames != 0) { claims.frames = opened.frames; }
    if (opened.has_duration != 0) { claims.duration_s = opened.duration_s; }
    return claims;
  }
  bool is_picture() const noexcept override { return m_session.opened().is_picture != 0; }
  double tick_s() const noexcept override { return m_session.opened().tick_s; }
  ClipFaults faults() const noexcept override { return m_session.faults(); }
  double last_duration_s() const noexcept override { return m_session.last_duration_s(); }

 private:
  DecoderSession m_session;
};

}  // namespace

std::unique_ptr<ClipSource> open_isolated(const MediaFile& file, const DecodeOptions& options)
{
  return std::make_unique<IsolatedSource>(file, options);
}

FrameTimes isolated_frame_times(const MediaFile& file, const DecodeOptions& options, Unproven unproven)
{
  Restarts restarts(file);
  const Wanted wanted = unproven == Unproven::leave ? Wanted::packet_times : Wanted::frame_times;
  for (;;) {
    try {
      DecoderLink link(file, options, wanted);
      auto times = lent_times(*link.decoder(), link.answer_of<wire::TimesOfFrames>());
      if (!times) { link.refuse(); }
      return std::move(*times);
    } catch (const DecoderLost& lost) {
      restarts.forgive(lost);
    }
  }
}

}  // namespace vidcv
