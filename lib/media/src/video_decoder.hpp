#pragma once

#include "av.hpp"
#include "file_reader.hpp"
#include "frame_memory.hpp"
#include "limit_watch.hpp"

#include <vidcv/media/clip_reader.hpp>

#include <atomic>
#include <functional>

namespace vidcv {

/// One video stream of one file, packet by packet.
class VideoDecoder {
 public:
  VideoDecoder(const MediaFile& file, const DecodeOptions& options);

  /// Decodes the next picture into `frame`; that of a still JPEG has the file's bytes as `opaque_ref`. False means end
  /// of stream and nothing else; damage is counted and passed over; every other failure throws MediaError.
  bool next(AVFrame& frame);

  /// Reads on without decoding: the next packet, none at the end of the file.
  const AVPacket* next_packet();

  AVFormatContext& format() noexcept { return *m_input; }
  const AVFormatContext& format() const noexcept { return *m_input; }
  AVStream& stream() noexcept { return *m_stream; }
  const LimitWatch& limits() const noexcept { return m_limits; }
  std::int64_t damaged() const noexcept { return m_damaged; }
  /// From here on decoders of this process put their frames into shared memory, where they can.
  static void put_frames_in(SharedArena* arena) noexcept { s_arena = arena; }

  /// Called with each packet that is handed to the decoder.
  std::function<void(const AVPacket&)> on_packet;

 private:
  void open_input();
  AVStream* choose_stream(std::optional<int> wanted);
  void open_codec(int threads);
  static int get_buffer(AVCodecContext* codec, AVFrame* frame, int flags);
  void check_refused_size() const;
  void send_next_packet();
  void keep_jpeg();
  bool read_packet();

  inline static SharedArena* s_arena = nullptr;

  std::filesystem::path m_file;
  LimitWatch m_limits;
  FileReader m_bytes;
  InputPtr m_input;
  AVStream* m_stream = nullptr;
  std::optional<FrameMemory> m_frames;
  CodecPtr m_codec;
  PacketPtr m_packet;
  BufferPtr m_still_jpeg;  // until its frame comes
  bool m_keyframes_only;
  std::atomic<bool> m_is_too_large = false;  // told by the decoder's threads
  std::int64_t m_damaged = 0;
  int m_read_failures = 0;
};

}  // namespace vidcv
