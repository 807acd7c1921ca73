#include "input/av.hpp"
#include "input/clip_source.hpp"
#include "input/refused_size.hpp"
#include "input/resident_memory.hpp"
#include "isolation/decoder_wire.hpp"
#include "isolation/sandbox.hpp"
#include "isolation/spawned_decoder.hpp"
#include "memory/shared_arena.hpp"
#include "pixels/jpeg_pixels.hpp"
#include "video/video_decoder.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/media/decoder_process.hpp>

#include <libheif/heif.h>
#include <malloc.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <map>
#include <new>
#include <thread>
#include <utility>

namespace vidcv {
namespace {

constexpr std::int64_t k_spare_bytes = std::int64_t{1} << 30;  // stacks of threads, what the allocator sets aside
constexpr int k_exit_not_ours = 2;
constexpr int k_kept_heap = 4 << 20;  // bytes

/// Memory that the parent looks at: a frame of the decoder's, a block of the arena, or both.
struct Lent {
  FramePtr frame;
  std::uint8_t* block = nullptr;
};

wire::Failed failed(wire::FailureKind kind, std::string_view action, std::string_view cause)
{
  wire::Failed message;
  message.kind = kind;
  wire::put_text(message.action, action);
  wire::put_text(message.cause, cause);
  return message;
}

DecodeOptions options_of(const wire::Open& open)
{
  DecodeOptions options;
  options.threads = open.threads;
  if (open.stream >= 0) { options.stream = open.stream; }
  options.keyframes_only = open.keyframes_only != 0;
  options.pictures = open.pictures;
  options.limits = open.limits;
  return options;
}

/// One file at a time, whose frames go out as long as the parent wants more.
class DecoderServer {
 public:
  DecoderServer(int socket, SharedMemory& memory) : m_socket(socket), m_memory(memory), m_arena(memory)
  {
    VideoDecoder::put_frames_in(&m_arena);
  }

  /// Until the parent is gone.
  void run()
  {
    for (;;) {
      const bool busy = m_source && m_wanted > 0;
      if (!busy || has_request()) {
        const auto received = wire::receive_request(m_socket);
        if (!received || !handle(*received)) { return; }
      } else {
        guarded([&] { send_frame(); });
      }
    }
  }

 private:
  bool has_request() const
  {
    pollfd waiting{m_socket, POLLIN, 0};
    return ::poll(&waiting, 1, 0) > 0;
  }

  bool handle(const wire::Received& received)
  {
    if (const auto* open = std::get_if<wire::Open>(&received.request)) {
      if (received.descriptor < 0) { return false; }
      close();
      m_clip = open->clip;
      guarded([&] { begin(*open, MediaFile("file", received.descriptor)); });
    } else if (const auto* more = std::get_if<wire::More>(&received.request)) {
      m_wanted += more->frames;
    } else if (const auto* release = std::get_if<wire::Release>(&received.request)) {
      for (std::size_t i = 0; i < std::min<std::size_t>(release->count, wire::Release::k_most); ++i) {
        take_back(release->ids[i]);
      }
    } else if (std::holds_alternative<wire::Close>(received.request)) {
      close();
      answer(wire::Closed{m_clip});
    } else {
      return false;
    }
    return true;
  }

  void begin(const wire::Open& open, const MediaFile& file)
  {
    const DecodeOptions options = options_of(open);
    if (!std::exchange(m_is_limited, true)) { limit_memory((open.limits.memory_mb << 20U) + k_spare_bytes); }
    limit_processor_time(processor_limit_s(options));
    if (open.frame_times != 0) {
      return send_times(read_frame_times(file, options, open.frame_times == 1 ? Unproven::leave : Unproven::decode));
    }
    m_source = open_source(file, options);
    const ContainerClaims claims = m_source->claims();
    wire::Opened opened;
    opened.clip = m_clip;
    opened.has_fps = claims.fps ? 1 : 0;
    opened.has_frames = claims.frames ? 1 : 0;
    opened.has_duration = claims.duration_s ? 1 : 0;
    opened.is_picture = m_source->is_picture() ? 1 : 0;
    opened.fps = claims.fps.value_or(0);
    opened.frames = claims.frames.value_or(0);
    opened.duration_s = claims.duration_s.value_or(0);
    opened.tick_s = m_source->tick_s();
    answer(opened);
  }

  void close()
  {
    m_source.reset();
    m_wanted = 0;
    m_arena.trim();
  }

  void take_back(std::uint64_t id)
  {
    const auto lent = m_lent.find(id);
    if (lent == m_lent.end()) { return; }
    if (lent->second.block != nullptr) { m_arena.free(lent->second.block); }
    m_lent.erase(lent);
  }

  /// An error of a file is reported and ends the work on that file.
  template <typename Work>
  void guarded(Work&& work)
  {
    try {
      return work();
    } catch (const Error& error) {
      fail(failed(wire::FailureKind::media, error.action(), error.cause()));
    } catch (const std::bad_alloc&) {
      fail(failed(wire::FailureKind::out_of_memory, "decode", "out of memory"));
    }
  }

  void fail(wire::Failed message)
  {
    message.clip = m_clip;
    close();
    answer(message);
  }

  void answer(const wire::Answer& message)
  {
    if (!wire::send(m_socket, message)) { ::_exit(0); }
  }

  std::uint8_t* block_of(std::size_t size)
  {
    std::uint8_t* block = m_arena.allocate(size);
    if (block == nullptr) { throw std::bad_alloc(); }
    return block;
  }

  std::uint64_t offset_of(const std::uint8_t* address) const
  {
    return static_cast<std::uint64_t>(address - m_memory.data());
  }

  void send_times(const FrameTimes& times)
  {
    std::vector<double> numbers = times.times_s;
    numbers.insert(numbers.end(), times.keyframes.begin(), times.keyframes.end());
    numbers.push_back(0);  // never empty
    const std::size_t size = numbers.size() * sizeof(double);
    std::uint8_t* block = block_of(size);
    std::memcpy(block, numbers.data(), size);
    m_lent[++m_last_id].block = block;
    wire::TimesOfFrames message{m_clip,           m_last_id,   times.times_s.size(),         times.keyframes.size(),
                                offset_of(block), times.end_s, times.only_keyframes ? 1 : 0, {}};
    wire::put_text(message.unproven, times.unproven);
    answer(message);
  }

  void send_frame()
  {
    const auto frame = m_source->next();
    if (!frame) {
      answer(wire::End{m_clip, m_source->faults(), m_source->last_duration_s()});
      m_wanted = 0;
      return;
    }
    --m_wanted;
    wire::Picture picture;
    picture.clip = m_clip;
    picture.id = ++m_last_id;
    picture.number = frame->number();
    picture.timestamp_s = frame->timestamp_s();
    picture.rotation = frame->geometry().rotation;
    picture.mirrored = frame->geometry().mirrored ? 1 : 0;
    picture.pixel_aspect = frame->geometry().pixel_aspect;
    picture.is_keyframe = frame->is_keyframe() ? 1 : 0;
    picture.faults = m_source->faults();
    picture.last_duration_s = m_source->last_duration_s();
    lend(frame->decoded(), picture);
    answer(picture);
  }

  /// The frame as it lies in shared memory, or a copy there where the decoder has memory of its own.
  void lend(const AVFrame& decoded, wire::Picture& picture)
  {
    FramePtr frame(m_memory.contains(decoded.data[0]) ? av_frame_clone(&decoded) : copied(decoded));
    if (!frame) { throw std::bad_alloc(); }
    picture.width = frame->width;
    picture.height = frame->height;
    picture.format = frame->format;
    picture.color_range = decoded.color_range;
    picture.colorspace = decoded.colorspace;
    picture.color_primaries = decoded.color_primaries;
    picture.color_trc = decoded.color_trc;
    for (std::size_t i = 0; i < picture.offsets.size(); ++i) {
      picture.offsets[i] = frame->data[i] == nullptr ? wire::k_none : offset_of(frame->data[i]);
      picture.strides[i] = frame->linesize[i];
    }
    picture.bytes = frame->buf[0]->size;
    picture.pixels = wire::k_none;
    const bool has_jpeg = decoded.opaque_ref != nullptr && picture.pixel_aspect == 1;
    std::uint8_t* pixels = has_jpeg ? decoded_jpeg(decoded) : nullptr;
    if (pixels != nullptr) { picture.pixels = offset_of(pixels); }
    m_lent[picture.id] = {std::move(frame), pixels};
  }

  AVFrame* copied(const AVFrame& decoded)
  {
    FramePtr copy(av_frame_alloc());
    if (!copy) { throw std::bad_alloc(); }
    copy->format = decoded.format;
    copy->width = decoded.width;
    copy->height = decoded.height;
    const AVCodecContext* plain = plain_codec();
    FrameMemory memory(m_arena);
    if (plain == nullptr || memory.get_buffer(*const_cast<AVCodecContext*>(plain), *copy) < 0) {
      throw std::bad_alloc();
    }
    if (av_frame_copy(copy.get(), &decoded) < 0) { throw MediaError("", "decode", "a picture that cannot be copied"); }
    return copy.release();
  }

  /// For the alignment of frames that no decoder of FFmpeg's writes to.
  const AVCodecContext* plain_codec()
  {
    if (!m_plain) { m_plain.reset(avcodec_alloc_context3(nullptr)); }
    return m_plain.get();
  }

  /// Its pixels as libjpeg-turbo has them; null where it has none.
  std::uint8_t* decoded_jpeg(const AVFrame& frame)
  {
    const auto image = jpeg_pixels({frame.opaque_ref->data, frame.opaque_ref->size}, frame.width, frame.height);
    if (!image) { return nullptr; }
    std::uint8_t* block = block_of(image->pixels.size());
    std::memcpy(block, image->pixels.data(), image->pixels.size());
    return block;
  }

  int m_socket;
  SharedMemory& m_memory;
  SharedArena m_arena;
  CodecPtr m_plain;
  std::map<std::uint64_t, Lent> m_lent;
  std::uint64_t m_last_id = 0;
  std::uint64_t m_clip = 0;
  std::uint64_t m_wanted = 0;
  bool m_is_limited = false;
  std::unique_ptr<ClipSource> m_source;
};

/// Ends the process when its parent has ended, whatever it is doing.
void watch_parent(int socket)
{
  std::thread([socket] {
    pollfd hang_up{socket, 0, 0};
    while (::poll(&hang_up, 1, -1) < 0 && errno == EINTR) {}
    ::_exit(0);
  }).detach();
}

/// What a terminal's keys and a scheduler send to all processes is for the parent, which ends this one.
void leave_signals_to_the_parent()
{
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) { std::signal(signal, SIG_IGN); }
}

}  // namespace

int serve_decoder()
{
  int type = 0;
  socklen_t size = sizeof type;
  if (::getsockopt(k_decoder_socket, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_SEQPACKET) {
    return k_exit_not_ours;
  }
  leave_signals_to_the_parent();
  ::mallopt(M_ARENA_MAX, 2);
  // Buffers of one file are those of the next: the heap is not given back in between.
  ::mallopt(M_MMAP_THRESHOLD, k_kept_heap);
  ::mallopt(M_TRIM_THRESHOLD, 2 * k_kept_heap);
  watch_log();         // what went wrong is said once, by the parent
  heif_init(nullptr);  // looks for its plugins, which it could not do later
  used_memory();
  SharedMemory memory(k_decoder_memory);
  const Sandbox sandbox = enter_sandbox();
  watch_parent(k_decoder_socket);
  const wire::Ready ready{wire::this_build(), sandbox.has_seccomp ? 1 : 0, sandbox.landlock};
  if (wire::send(k_decoder_socket, ready)) { DecoderServer(k_decoder_socket, memory).run(); }
  ::_exit(0);  // what the threads of a decoder do now is of no interest
}

}  // namespace vidcv
