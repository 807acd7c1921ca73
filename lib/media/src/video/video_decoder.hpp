#pragma once

#include "input/av.hpp"
#include "input/file_reader.hpp"
#include "input/limit_watch.hpp"
#include "memory/frame_memory.hpp"

#include <vidcv/media/clip_reader.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <span>
#include <vector>

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
  /// The stream's first packets. They are read before any is decoded, so that what they say does not depend on threads.
  std::span<const PacketPtr> first_packets() const { return m_ahead; }

  AVFormatContext& format() noexcept { return *m_input; }
  const AVFormatContext& format() const noexcept { return *m_input; }
  AVStream& stream() noexcept { return *m_stream; }
  const LimitWatch& limits() const noexcept { return m_limits; }
  std::int64_t damaged() const noexcept { return std::max<std::int64_t>(m_damaged, m_is_truncated ? 1 : 0); }
  /// At the end of the stream: whether the file ends before its index or its last packet does.
  bool is_truncated() const noexcept { return m_is_truncated; }
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
  bool take_packet();
  bool demux_packet();
  void decode_ahead();
  void end_reading();

  inline static SharedArena* s_arena = nullptr;

  MediaFile m_media;
  std::filesystem::path m_file;
  LimitWatch m_limits;
  FileReader m_bytes;
  InputPtr m_input;
  AVStream* m_stream = nullptr;
  std::optional<FrameMemory> m_frames;
  CodecPtr m_codec;
  PacketPtr m_packet;
  BufferPtr m_still_jpeg;  // until its frame comes
  std::vector<PacketPtr> m_ahead;
  std::size_t m_next_ahead = 0;
  bool m_keyframes_only;
  std::atomic<bool> m_is_too_large = false;  // set by the decoder's threads
  std::int64_t m_damaged = 0;
  int m_read_failures = 0;
  std::int64_t m_packets = 0;  // of the stream, those without content too
  bool m_last_is_partial = false;
  std::int64_t m_last_position = -1;  // of the last packet in the file
  bool m_is_over = false;
  bool m_is_truncated = false;
};

}  // namespace vidcv
