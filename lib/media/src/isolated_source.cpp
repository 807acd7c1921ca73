#include "isolated_source.hpp"

#include "lent_frame.hpp"
#include "spawned_decoder.hpp"

#include <vidcv/core/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace vidcv {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto k_between_looks = std::chrono::milliseconds(100);
constexpr auto k_to_let_go = std::chrono::seconds(2);
constexpr double k_grace_s = 2;  // the decoder keeps to its limits itself, unless it hangs
constexpr int k_most_restarts = 10;
constexpr std::uint64_t k_bytes_ahead = std::uint64_t{32} << 20U;
constexpr std::uint64_t k_most_ahead = 8;

/// The process is gone.
struct DecoderLost : std::exception {
  DecoderLost(DecoderEnd how, bool others) : end(std::move(how)), had_other_files(others) {}
  DecoderEnd end;
  bool had_other_files;
};

wire::Open request_of(const DecodeOptions& options, bool only_packet_times)
{
  wire::Open open;
  open.threads = options.threads;
  open.stream = options.stream.value_or(-1);
  open.keyframes_only = options.keyframes_only ? 1 : 0;
  open.only_packet_times = only_packet_times ? 1 : 0;
  open.pictures = options.pictures;
  open.limits = options.limits;
  return open;
}

/// One file in the hands of a decoder process.
class Session {
 public:
  Session(const MediaFile& file, const DecodeOptions& options)
      : m_file(file),
        m_options(options),
        m_deadline(Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                      std::chrono::duration<double>(options.limits.wall_s + k_grace_s)))
  {
  }

  /// A decoder that lets go of the file goes on with another one.
  ~Session()
  {
    if (!m_decoder) { return; }
    if (lets_go()) {
      SpawnedDecoder::give_back(std::move(m_decoder));
    } else {
      m_decoder->kill();
    }
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Asks a decoder, and another one where it is lost for no fault of the file's.
  void open(bool only_packet_times)
  {
    m_decoder = SpawnedDecoder::take();
    wire::Open request = request_of(m_options, only_packet_times);
    request.clip = m_clip = m_decoder->next_clip();
    if (!m_decoder->send_releases() || !m_decoder->ask(request, m_file.descriptor())) { lose(); }
  }

  void want(std::uint64_t frames)
  {
    if (!m_decoder->send_releases() || !m_decoder->ask(wire::More{static_cast<std::uint32_t>(frames)})) { lose(); }
  }

  /// The next answer about this file; that it failed is thrown.
  wire::Answer answer()
  {
    for (;;) {
      check_time();
      while (!m_decoder->wait(k_between_looks)) { check_time(); }
      auto answer = m_decoder->answer();
      if (!answer) { lose(); }
      if (is_of_this_clip(*answer)) { return *answer; }
    }
  }

  /// A decoder that gives no answer that could be true is in the hands of its file: no other file gets it.
  [[noreturn]] void refuse()
  {
    std::exchange(m_decoder, nullptr)->kill();
    throw MediaError(m_file.path().native(), "decode", "the decoder gave what cannot be a picture");
  }

  /// Whether to begin anew after a loss; otherwise it is the file's failure.
  void forgive(const DecoderLost& lost)
  {
    const bool pardonable = lost.end.was_killed || lost.had_other_files;
    if (!pardonable || ++m_restarts > k_most_restarts) {
      throw MediaError(m_file.path().native(), "decode", "the decoder " + lost.end.how);
    }
  }

  const std::shared_ptr<SpawnedDecoder>& decoder() const { return m_decoder; }
  const MediaFile& file() const { return m_file; }

 private:
  bool lets_go()
  {
    const auto most = Clock::now() + k_to_let_go;
    if (!m_decoder->send_releases() || !m_decoder->ask(wire::Close{})) { return false; }
    while (m_decoder->wait(std::chrono::duration_cast<std::chrono::milliseconds>(most - Clock::now()))) {
      const auto answer = m_decoder->answer();
      if (!answer) { return false; }
      if (const auto* picture = std::get_if<wire::Picture>(&*answer)) { m_decoder->release(picture->id); }
      if (std::holds_alternative<wire::Closed>(*answer)) { return true; }
    }
    return false;
  }

  [[noreturn]] void lose()
  {
    const auto lost = std::exchange(m_decoder, nullptr);
    throw DecoderLost(lost->end(), lost->clips() > 1);
  }

  void check_time()
  {
    m_decoder->require_start();
    const bool abandoned = m_options.is_abandoned();
    if (!abandoned && Clock::now() < m_deadline) { return; }
    std::exchange(m_decoder, nullptr)->kill();
    if (abandoned) { throw Abandoned(); }
    throw MediaError(m_file.path().native(), "decode",
                     fmt::format("more than {} seconds spent on it ([limits] limit_wall_sec); the decoder hung",
                                 m_options.limits.wall_s));
  }

  /// Frames of an earlier file that were on their way are let go.
  bool is_of_this_clip(const wire::Answer& answer)
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

  [[noreturn]] void throw_failure(const wire::Failed& failed)
  {
    if (failed.kind == wire::FailureKind::out_of_memory) { throw std::bad_alloc(); }
    const std::string action = wire::text_of(failed.action);
    const std::string cause = wire::text_of(failed.cause);
    throw MediaError(m_file.path().native(), action, cause);
  }

  MediaFile m_file;
  DecodeOptions m_options;
  Clock::time_point m_deadline;
  std::shared_ptr<SpawnedDecoder> m_decoder;
  std::uint64_t m_clip = 0;
  int m_restarts = 0;
};

class IsolatedSource : public ClipSource {
 public:
  IsolatedSource(const MediaFile& file, const DecodeOptions& options) : m_options(options), m_session(file, options)
  {
    while (!m_is_begun) {
      try {
        begin();
      } catch (const DecoderLost& lost) {
        m_session.forgive(lost);
      }
    }
  }

  std::optional<Frame> next() override
  {
    if (m_is_over) { return std::nullopt; }
    for (;;) {
      try {
        catch_up();
        return take();
      } catch (const DecoderLost& lost) {
        m_session.forgive(lost);
        m_is_begun = false;
      }
    }
  }

  ContainerClaims claims() override
  {
    ContainerClaims claims;
    if (m_opened.has_fps != 0) { claims.fps = m_opened.fps; }
    if (m_opened.has_frames != 0) { claims.frames = m_opened.frames; }
    if (m_opened.has_duration != 0) { claims.duration_s = m_opened.duration_s; }
    return claims;
  }
  bool is_picture() const noexcept override { return m_opened.is_picture != 0; }
  double tick_s() const noexcept override { return m_opened.tick_s; }
  std::int64_t damaged() const noexcept override { return m_damaged; }
  double last_duration_s() const noexcept override { return m_last_duration_s; }

 private:
  void begin()
  {
    m_session.open(false);
    const wire::Answer answer = m_session.answer();
    const auto* opened = std::get_if<wire::Opened>(&answer);
    if (opened == nullptr || !is_plausible(*opened)) { m_session.refuse(); }
    m_opened = *opened;
    m_next_number = 0;
    m_is_begun = true;
    m_ahead = 1;  // until the size of a frame is known
    m_session.want(1);
  }

  static bool is_plausible(const wire::Opened& opened)
  {
    return std::isfinite(opened.fps) && std::isfinite(opened.duration_s) && std::isfinite(opened.tick_s) &&
           opened.tick_s >= 0;
  }

  /// After a loss: what was given before is decoded again and dropped.
  void catch_up()
  {
    if (m_is_begun) { return; }
    begin();
    for (std::int64_t i = 0; i < m_given; ++i) {
      if (!receive()) { m_session.refuse(); }
    }
  }

  std::optional<Frame> take()
  {
    auto frame = receive();
    m_is_over = !frame;
    m_given += frame ? 1 : 0;
    return frame;
  }

  std::optional<Frame> receive()
  {
    const wire::Answer answer = m_session.answer();
    if (const auto* end = std::get_if<wire::End>(&answer)) {
      m_damaged = end->damaged;
      m_last_duration_s = end->last_duration_s;
      return std::nullopt;
    }
    const auto* picture = std::get_if<wire::Picture>(&answer);
    if (picture == nullptr || picture->number != m_next_number++ || picture->number >= m_options.limits.frames ||
        !std::isfinite(picture->last_duration_s)) {
      m_session.refuse();
    }
    m_damaged = picture->damaged;
    m_last_duration_s = picture->last_duration_s;
    auto frame = lent_frame(m_session.decoder(), *picture, m_options);
    if (!frame) { m_session.refuse(); }
    --m_ahead;
    keep_ahead(picture->bytes);
    return frame;
  }

  /// Wants so many frames that the decoder need not wait, in few messages.
  void keep_ahead(std::uint64_t frame_bytes)
  {
    const std::uint64_t most =
        std::clamp<std::uint64_t>(k_bytes_ahead / std::max<std::uint64_t>(frame_bytes, 1), 1, k_most_ahead);
    if (m_ahead > most / 2) { return; }
    m_session.want(most - m_ahead);
    m_ahead = most;
  }

  DecodeOptions m_options;
  Session m_session;
  wire::Opened m_opened;
  bool m_is_begun = false;
  bool m_is_over = false;
  std::uint64_t m_ahead = 0;  // frames that were asked for and have not come
  std::int64_t m_given = 0;
  std::int64_t m_next_number = 0;  // of this decoder
  std::int64_t m_damaged = 0;
  double m_last_duration_s = 0;
};

}  // namespace

std::unique_ptr<ClipSource> open_isolated(const MediaFile& file, const DecodeOptions& options)
{
  return std::make_unique<IsolatedSource>(file, options);
}

std::vector<double> isolated_packet_times(const MediaFile& file, const DecodeOptions& options)
{
  Session session(file, options);
  for (;;) {
    try {
      session.open(true);
      const wire::Answer answer = session.answer();
      const auto* times = std::get_if<wire::PacketTimes>(&answer);
      auto copy = times == nullptr ? std::nullopt : lent_times(*session.decoder(), *times);
      if (!copy) { session.refuse(); }
      return std::move(*copy);
    } catch (const DecoderLost& lost) {
      session.forgive(lost);
    }
  }
}

}  // namespace vidcv
