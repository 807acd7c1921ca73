#include "av.hpp"
#include "clip_source.hpp"
#include "file_reader.hpp"
#include "heif_pixels.hpp"
#include "limit_watch.hpp"

#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace vidcv {
namespace {

template <auto free_fn>
struct Release {
  template <typename T>
  void operator()(T* mine) const noexcept
  {
    free_fn(mine);
  }
};
using ContextPtr = std::unique_ptr<heif_context, Release<heif_context_free>>;
using HandlePtr = std::unique_ptr<const heif_image_handle, Release<heif_image_handle_release>>;

constexpr std::array<std::string_view, 5> k_brands = {"avif", "heic", "heix", "heim", "heis"};

class HeifSource : public ClipSource {
 public:
  HeifSource(const MediaFile& file, const DecodeOptions& options)
      : m_file(file.path()), m_options(options), m_limits(m_file, options), m_bytes(whole_file(file))
  {
    const LimitWatch::Turn turn(m_limits);
    m_context.reset(heif_context_alloc());
    if (!m_context) { throw std::bad_alloc(); }
    require_heif(heif_context_read_from_memory_without_copy(m_context.get(), m_bytes.data(), m_bytes.size(), nullptr),
                 m_file, "open");
    heif_image_handle* handle = nullptr;
    require_heif(heif_context_get_primary_image_handle(m_context.get(), &handle), m_file, "open");
    m_handle.reset(handle);
    if (!m_limits.allows_pixels(heif_image_handle_get_width(handle), heif_image_handle_get_height(handle))) {
      m_limits.refuse_pixels("open");
    }
  }

  std::optional<Frame> next() override
  {
    if (std::exchange(m_is_read, true)) { return std::nullopt; }
    const LimitWatch::Turn turn(m_limits);
    FramePtr frame = heif_pixels(*m_handle, m_file);
    m_limits.check_frame(0, 0);
    return Frame(std::shared_ptr<const AVFrame>(frame.release(), FreeWith<av_frame_free>{}), 0, 0, {},
                 m_options.pictures.alpha);
  }

  ContainerClaims claims() override { return {}; }
  bool is_picture() const noexcept override { return true; }

 private:
  std::filesystem::path m_file;
  DecodeOptions m_options;
  LimitWatch m_limits;
  std::vector<std::uint8_t> m_bytes;  // the context reads from them
  ContextPtr m_context;
  HandlePtr m_handle;
  bool m_is_read = false;
};

}  // namespace

/// By the brands in the first box of the file. A file whose main brand is that of sequences is a video.
bool is_heif_still(const MediaFile& file)
{
  std::array<char, 256> head{};
  FileReader reader(file);
  const int got = avio_read(reader.io(), reinterpret_cast<unsigned char*>(head.data()), head.size());
  const std::string_view box = std::string_view(head.data(), static_cast<std::size_t>(std::max(got, 0)));
  if (box.size() < 12 || box.substr(4, 4) != "ftyp") { return false; }
  const std::size_t size =
      std::min<std::size_t>(static_cast<unsigned char>(box[2]) * 256U + static_cast<unsigned char>(box[3]), box.size());
  const std::string_view main = box.substr(8, 4);
  for (std::size_t place = 8; place + 4 <= size; place += place == 8 ? 8 : 4) {  // a version lies behind the main brand
    const std::string_view brand = box.substr(place, 4);
    if (place > 8 && main != "mif1") { break; }
    if (std::ranges::find(k_brands, brand) != k_brands.end()) { return true; }
  }
  return false;
}

std::unique_ptr<ClipSource> open_heif(const MediaFile& file, const DecodeOptions& options)
{
  return std::make_unique<HeifSource>(file, options);
}

bool can_decode_heic()
{
  return heif_have_decoder_for_format(heif_compression_HEVC) != 0;
}

bool can_decode_avif()
{
  return heif_have_decoder_for_format(heif_compression_AV1) != 0;
}

}  // namespace vidcv
