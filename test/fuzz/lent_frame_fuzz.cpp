#include "fuzz_input.hpp"
#include "input/av.hpp"
#include "isolation/lent_frame.hpp"
#include "isolation/spawned_decoder.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <limits>

// For any description of a picture by a decoder: nothing, or a frame whose planes lie in the memory and can be read.
// An input is a format, a size and which of the alpha rules; then lies, each the offset of a field, its size and its
// value.

namespace fuzz = vidcv::fuzz;
namespace wire = vidcv::wire;

namespace {

constexpr std::size_t k_memory_bytes = std::size_t{64} << 10U;
constexpr std::size_t k_page = 4096;
constexpr int k_most_converted = 1 << 14;  // pixels: conversion is FFmpeg's work, and slow

/// Memory beside which every access is a fault, where nothing else is mapped there.
std::unique_ptr<vidcv::SharedMemory> fenced_memory()
{
  auto memory = std::make_unique<vidcv::SharedMemory>(k_memory_bytes);
  for (std::uint8_t* fence : {memory->data() - k_page, memory->data() + memory->size()}) {
    ::mmap(fence, k_page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  }
  for (std::size_t i = 0; i < memory->size(); ++i) { memory->data()[i] = static_cast<std::uint8_t>(i * 31U); }
  return memory;
}

}  // namespace

namespace vidcv {

// In place of the layer's own: a decoder that is memory alone.
SpawnedDecoder::SpawnedDecoder() : m_memory(fenced_memory()) {}
SpawnedDecoder::~SpawnedDecoder() = default;
void SpawnedDecoder::release(std::uint64_t /*id*/) {}

}  // namespace vidcv

namespace {

const std::shared_ptr<vidcv::SpawnedDecoder>& decoder()
{
  static const auto fenced = std::make_shared<vidcv::SpawnedDecoder>();
  return fenced;
}

/// As a decoder would describe it, its planes in sequence.
wire::Picture honest_picture(AVPixelFormat format, int width, int height)
{
  wire::Picture picture;
  picture.width = width;
  picture.height = height;
  picture.format = format;
  picture.pixels = wire::k_none;
  picture.offsets.fill(wire::k_none);
  std::array<int, 4> strides{};
  std::array<std::size_t, 4> sizes{};
  if (av_image_fill_linesizes(strides.data(), format, width) < 0) { return picture; }
  for (int& stride : strides) { stride = (stride + 15) / 16 * 16; }
  const std::array<std::ptrdiff_t, 4> wide = {strides[0], strides[1], strides[2], strides[3]};
  if (av_image_fill_plane_sizes(sizes.data(), format, height, wide.data()) < 0) { return picture; }
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    picture.strides[i] = strides[i];
    if (sizes[i] > 0) { picture.offsets[i] = picture.bytes; }
    picture.bytes += (sizes[i] + 63) / 64 * 64;
  }
  return picture;
}

template <typename Struct>
void lie(Struct& message, fuzz::Numbers& input)
{
  auto* bytes = reinterpret_cast<unsigned char*>(&message);
  while (!input.is_over()) {
    const std::size_t offset = input.next<std::uint16_t>() % sizeof message;
    const std::string_view value = input.take(std::size_t{1} << (input.next<std::uint8_t>() % 4U));
    std::memcpy(bytes + offset, value.data(), std::min(value.size(), sizeof message - offset));
  }
}

unsigned sum_of(const std::uint8_t* row, std::size_t size)
{
  const auto& memory = decoder()->memory();
  fuzz::require(row >= memory.data() && size <= memory.size() &&
                row - memory.data() <= static_cast<std::ptrdiff_t>(memory.size() - size));
  unsigned sum = 0;
  for (std::size_t i = 0; i < size; ++i) { sum += row[i]; }
  return sum;
}

/// Reads each byte of each plane that FFmpeg would take the frame to have.
unsigned read_planes(const AVFrame& frame)
{
  const auto format = static_cast<AVPixelFormat>(frame.format);
  std::array<std::ptrdiff_t, 4> tight{};
  std::array<std::size_t, 4> sizes{};
  unsigned sum = 0;
  for (int i = 0; i < 4; ++i) { tight[static_cast<std::size_t>(i)] = av_image_get_linesize(format, frame.width, i); }
  fuzz::require(av_image_fill_plane_sizes(sizes.data(), format, frame.height, tight.data()) >= 0);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const bool is_palette = format == AV_PIX_FMT_PAL8 && i == 1;
    if (is_palette) { sum += sum_of(frame.data[i], AVPALETTE_SIZE); }
    if (is_palette || sizes[i] == 0 || tight[i] == 0) { continue; }
    const std::ptrdiff_t rows = static_cast<std::ptrdiff_t>(sizes[i]) / tight[i];
    for (std::ptrdiff_t y = 0; y < rows; ++y) {
      sum += sum_of(frame.data[i] + y * frame.linesize[i], static_cast<std::size_t>(tight[i]));
    }
  }
  return sum;
}

unsigned read_luma(const vidcv::Frame& frame)
{
  const vidcv::PlaneView luma = frame.luma().plane;
  unsigned sum = 0;
  for (int y = 0; y < luma.height; ++y) {
    for (int x = 0; x < luma.width; ++x) { sum += luma.row(y)[x]; }
  }
  return sum;
}

void read_pixels(const vidcv::Frame& frame)
{
  const vidcv::RgbImage whole = frame.to_rgb();
  const auto [width, height] = frame.upright_size();
  fuzz::require(whole.width == width && whole.height == height);
  fuzz::require(whole.pixels.size() == std::size_t{3} * static_cast<std::size_t>(width) * std::size_t(height));
  const vidcv::RgbImage part = frame.to_rgb({width / 3, height / 3, width, height});
  fuzz::require(part.width == width - width / 3 && part.height == height - height / 3);
}

void look_at(const vidcv::Frame& frame)
{
  static volatile unsigned s_sum = 0;  // or the reads are taken out
  const AVFrame& decoded = frame.decoded();
  s_sum = s_sum + read_planes(decoded);
  const double area = double(decoded.width) * decoded.height * std::max(1.0, frame.geometry().pixel_aspect);
  if (area > k_most_converted) { return; }
  try {
    read_pixels(frame);
    s_sum = s_sum + read_luma(frame);
  } catch (const vidcv::MediaError&) {  // a format that swscale does not know
  }
}

void ask_for_times(fuzz::Numbers& input)
{
  wire::TimesOfFrames times;
  times.count = input.next<std::uint16_t>();
  times.keyframes = input.next<std::uint16_t>();
  times.offset = input.next<std::uint16_t>();
  lie(times, input);
  const auto copy = vidcv::lent_times(*decoder(), times);
  if (!copy) { return; }
  fuzz::require(copy->times_s.size() == times.count && copy->keyframes.size() == times.keyframes);
  for (const std::int64_t keyframe : copy->keyframes) {
    fuzz::require(keyframe >= 0 && keyframe < static_cast<std::int64_t>(times.count));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  static const bool s_is_quiet = [] {
    av_log_set_level(AV_LOG_QUIET);
    return true;
  }();
  fuzz::require(s_is_quiet);
  fuzz::Numbers input(fuzz::text_of(data, size));
  const auto format = input.next<std::uint16_t>();
  if (format == std::numeric_limits<std::uint16_t>::max()) {
    ask_for_times(input);
    return 0;
  }
  vidcv::DecodeOptions options;
  const int width = input.next<std::uint8_t>() + 1;
  const int height = input.next<std::uint8_t>() + 1;
  options.pictures.alpha = static_cast<vidcv::AlphaRule>(input.next<std::uint8_t>() % 3);
  wire::Picture picture = honest_picture(static_cast<AVPixelFormat>(format % AV_PIX_FMT_NB), width, height);
  lie(picture, input);
  if (const auto frame = vidcv::lent_frame(decoder(), picture, options)) { look_at(*frame); }
  return 0;
}
