#pragma once

#include "input/av.hpp"
#include "memory/shared_arena.hpp"

#include <mutex>

namespace vidcv {

/// Gives a decoder frames that lie in shared memory, one block for all planes. For several threads at once.
class FrameMemory {
 public:
  explicit FrameMemory(SharedArena& arena) : m_arena(arena) {}
  ~FrameMemory();
  FrameMemory(const FrameMemory&) = delete;
  FrameMemory& operator=(const FrameMemory&) = delete;

  /// As AVCodecContext::get_buffer2, for pictures. New memory holds zeros, as FFmpeg's own does.
  int get_buffer(AVCodecContext& codec, AVFrame& frame);

 private:
  static AVBufferRef* allocate(void* arena, std::size_t size);
  AVBufferRef* block_of(std::size_t size);

  SharedArena& m_arena;
  std::mutex m_mutex;
  AVBufferPool* m_pool = nullptr;  // of blocks of one size, which all frames of a stream have except for rare changes
  std::size_t m_block_size = 0;
};

}  // namespace vidcv
