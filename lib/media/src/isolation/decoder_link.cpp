#include "isolation/decoder_link.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/stopwatch.hpp>
#include <vidcv/core/threads.hpp>

#include <fmt/format.h>

#include <new>

namespace vidcv {
namespace {

constexpr auto k_poll_interval = std::chrono::milliseconds(100);
constexpr double k_to_let_go_s = 2;
constexpr double k_grace_s = 2;  // the decoder keeps to its limits itself, unless it hangs
constexpr int k_most_restarts = 10;

}  // namespace

wire::Open request_of(const DecodeOptions& options, Wanted wanted)
{
  wire::Open open;
  open.threads = thread_count(options.threads);
  open.stream = options.stream.value_or(-1);
  open.keyframes_only = options.keyframes_only ? 1 : 0;
  if (wanted != Wanted::frames) { open.frame_times = wanted == Wanted::packet_times ? 1 : 2; }
  open.pictures = options.pictures;
  open.limits = options.limits;
  return open;
}

DecoderLink::DecoderLink(MediaFile file, const DecodeOptions& options, Wanted wanted)
    : m_file(std::move(file)), m_options(options), m_decoder(SpawnedDecoder::take()), m_clip(m_decoder->next_clip())
{
  wire::Open request = request_of(m_options, wanted);
  request.clip = m_clip;
  if (!m_decoder->send_releases() || !m_decoder->ask(request, m_file.descriptor())) { lose(); }
}

DecoderLink::~DecoderLink()
{
  if (!m_decoder->is_running() || m_options.is_abandoned() || !lets_go()) { m_decoder->kill(); }
}

/// Whether the decoder is ready for another file, which then finds it.
bool DecoderLink::lets_go()
try {
  const Stopwatch watch;
  if (!m_decoder->send_releases() || !m_decoder->ask(wire::Close{})) { return false; }
  for (;;) {
    const std::chrono::duration<double> left(k_to_let_go_s - watch.seconds());
    if (!m_decoder->wait(std::chrono::ceil<std::chrono::milliseconds>(left))) { return false; }
    const auto answer = m_decoder->answer();
    if (!answer) { return false; }
    if (const auto* picture = std::get_if<wire::Picture>(&*answer)) { m_decoder->release(picture->id); }
    if (!std::holds_alternative<wire::Closed>(*answer)) { continue; }
    SpawnedDecoder::give_back(m_decoder);
    return true;
  }
} catch (const std::exception&) {  // a decoder of another build, which the next file reports
  return false;
}

void DecoderLink::want(std::uint64_t frames)
{
  if (!m_decoder->send_releases() || !m_decoder->ask(wire::More{static_cast<std::uint32_t>(frames)})) { lose(); }
}

/// Time counts from the question to the answer; what the program does in between costs the file nothing, nor does the
/// start of the process.
wire::Answer DecoderLink::answer()
{
  Stopwatch asked;
  for (;;) {
    if (!m_decoder->is_ready()) { asked = Stopwatch(); }
    check(asked.seconds());
    if (!m_decoder->wait(k_poll_interval)) { continue; }
    auto answer = m_decoder->answer();
    if (!answer) { lose(); }
    if (!is_of_this_clip(*answer)) { continue; }
    m_waited_s += asked.seconds();
    return *answer;
  }
}

void DecoderLink::refuse()
{
  give_up("the decoder gave what cannot be a picture");
}

void DecoderLink::lose()
{
  throw DecoderLost(m_decoder->end(), m_decoder->clips() > 1);
}

void DecoderLink::give_up(const std::string& cause)
{
  m_decoder->kill();
  throw MediaError(m_file.path().native(), "decode", cause);
}

/// @param waited_s  for the answer that is due
void DecoderLink::check(double waited_s)
{
  m_decoder->require_start();
  if (m_options.is_abandoned()) {
    m_decoder->kill();
    throw Abandoned();
  }
  const double limit_s = m_options.limits.wall_s;
  if (m_waited_s + waited_s <= limit_s + k_grace_s) { return; }
  give_up(fmt::format("more than {} seconds spent on it ([limits] limit_wall_sec){}", limit_s,
                      waited_s > limit_s ? "; the decoder hung" : ""));
}

/// Frames of an earlier file that were on their way are released.
bool DecoderLink::is_of_this_clip(const wire::Answer& answer)
{
  return std::visit(
      [&]<typename Message>(const Message& message) {
        if constexpr (std::is_same_v<Message, wire::Failed>) {
          if (message.clip == m_clip) { throw_failure(message); }
        }
        if constexpr (requires { message.clip; }) {
          if (message.clip == m_clip) { return true; }
        }
        if constexpr (requires { message.id; }) { m_decoder->release(message.id); }
        return false;
      },
      answer);
}

void DecoderLink::throw_failure(const wire::Failed& failed) const
{
  if (failed.kind == wire::FailureKind::out_of_memory) { throw std::bad_alloc(); }
  throw MediaError(m_file.path().native(), wire::text_of(failed.action), wire::text_of(failed.cause));
}

void Restarts::forgive(const DecoderLost& lost)
{
  const bool pardonable = lost.end.was_killed || lost.had_other_files;
  if (!pardonable || ++m_count > k_most_restarts) {
    throw MediaError(m_file.path().native(), "decode", "the decoder " + lost.end.how);
  }
}

}  // namespace vidcv
