#include "memory/frame_memory.hpp"

#include <cstring>
#include <functional>
#include <numeric>

namespace vidcv {
namespace {

constexpr std::size_t k_boundary = 64;
constexpr std::size_t k_overrun = 64;  // decoders write whole vectors at the end of a plane

void free_block(void* arena, std::uint8_t* block)
{
  static_cast<SharedArena*>(arena)->free(block);
}

std::size_t room_of(std::size_t plane_size)
{
  return plane_size == 0 ? 0 : (plane_size + k_overrun + k_boundary - 1) / k_boundary * k_boundary;
}

/// Strides that suit the decoder, found as FFmpeg does it: a width that grows until each plane's stride is aligned.
bool fill_strides(AVPixelFormat format, int width, const int* alignments, std::array<int, 4>& strides)
{
  for (;;) {
    if (av_image_fill_linesizes(strides.data(), format, width) < 0) { return false; }
    int unaligned = 0;
    for (std::size_t i = 0; i < strides.size(); ++i) { unaligned |= strides[i] % alignments[i]; }
    if (unaligned == 0) { return true; }
    width += width & ~(width - 1);
  }
}

}  // namespace

FrameMemory::~FrameMemory()
{
  av_buffer_pool_uninit(&m_pool);  // goes with the last frame
}

int FrameMemory::get_buffer(AVCodecContext& codec, AVFrame& frame)
{
  const auto format = static_cast<AVPixelFormat>(frame.format);
  int width = frame.width;
  int height = frame.height;
  std::array<int, AV_NUM_DATA_POINTERS> alignments{};
  avcodec_align_dimensions2(&codec, &width, &height, alignments.data());
  std::array<int, 4> strides{};
  if (!fill_strides(format, width, alignments.data(), strides)) { return AVERROR(EINVAL); }
  const std::array<std::ptrdiff_t, 4> wide = {strides[0], strides[1], strides[2], strides[3]};
  std::array<std::size_t, 4> sizes{};
  const int status = av_image_fill_plane_sizes(sizes.data(), format, height, wide.data());
  if (status < 0) { return status; }
  frame.buf[0] = block_of(std::transform_reduce(sizes.begin(), sizes.end(), std::size_t{0}, std::plus<>(), room_of));
  if (frame.buf[0] == nullptr) { return AVERROR(ENOMEM); }
  std::uint8_t* plane = frame.buf[0]->data;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    frame.data[i] = sizes[i] > 0 ? plane : nullptr;
    frame.linesize[i] = strides[i];
    plane += room_of(sizes[i]);
  }
  frame.extended_data = frame.data;
  return 0;
}

AVBufferRef* FrameMemory::allocate(void* arena, std::size_t size)
{
  auto* shared = static_cast<SharedArena*>(arena);
  std::uint8_t* block = shared->allocate(size);
  if (block == nullptr) { return nullptr; }
  std::memset(block, 0, size);
  AVBufferRef* buffer = av_buffer_create(block, size, free_block, arena, 0);
  if (buffer == nullptr) { shared->free(block); }
  return buffer;
}

AVBufferRef* FrameMemory::block_of(std::size_t size)
{
  const std::lock_guard lock(m_mutex);
  if (size != m_block_size) {
    av_buffer_pool_uninit(&m_pool);
    m_pool = av_buffer_pool_init2(size, &m_arena, allocate, nullptr);
    m_block_size = m_pool != nullptr ? size : 0;
  }
  return m_pool != nullptr ? av_buffer_pool_get(m_pool) : nullptr;
}

}  // namespace vidcv
