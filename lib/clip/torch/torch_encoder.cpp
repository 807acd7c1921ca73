#include "torch_encoder.hpp"

#include "encoder/device.hpp"

#include <vidcv/core/threads.hpp>

#include <ATen/Parallel.h>
#include <torch/cuda.h>

#include <algorithm>
#include <cstring>
#include <future>
#include <utility>

namespace vidcv {
namespace {

/// Pictures of one pass of a thread: a single one reads the weights for itself alone, and with more what lies between
/// two layers leaves the cache.
constexpr std::size_t k_together = 2;

c10::ScalarType type_of(const std::string& precision)
{
  if (precision == "bf16") { return at::kBFloat16; }
  return precision == "fp16" ? at::kHalf : at::kFloat;
}

NetworkSite site_of(std::filesystem::path file, const ModelDescription& model, const EncoderOptions& options)
{
  const c10::Device device(choose_device(options.device, static_cast<int>(torch::cuda::device_count())));
  return {std::move(file), model.dim, device, type_of(precision_on(options, device.is_cuda()))};
}

}  // namespace

TorchEncoder::TorchEncoder(std::filesystem::path file, ModelDescription model, const EncoderOptions& options)
    : m_model(std::move(model)), m_network(site_of(std::move(file), m_model, options))
{
  const bool on_cpu = m_network.site().device.is_cpu();
  m_precision = precision_on(options, !on_cpu);
  m_threads = on_cpu ? thread_count(options.threads) : 1;
  m_piece = (std::max(1, options.batch) + m_threads - 1) / m_threads;
  m_batch = m_piece * m_threads;
  if (on_cpu && options.device == "auto") { m_device_note = " (LibTorch sees no CUDA device)"; }
}

std::size_t TorchEncoder::picture_size() const noexcept
{
  const auto side = static_cast<std::size_t>(m_model.input_size);
  return 3 * side * side;
}

/// A tensor for `count` pictures. Its memory is aligned, which a caller's may not be: alignment can change sums too.
at::Tensor TorchEncoder::room_for(std::size_t count, bool pinned) const
{
  const auto options = at::TensorOptions(at::kFloat).pinned_memory(pinned);
  return at::zeros({static_cast<std::int64_t>(count), 3, m_model.input_size, m_model.input_size}, options);
}

at::Tensor TorchEncoder::run_piece(std::span<const float> pictures, const at::Tensor& room)
{
  const auto count = static_cast<std::int64_t>(pictures.size() / picture_size());
  std::ranges::copy(pictures, room.mutable_data_ptr<float>());
  return m_network.run(room.narrow(0, 0, count));
}

std::vector<TorchEncoder::Piece> TorchEncoder::pieces_of(std::size_t count) const
{
  std::vector<Piece> pieces;
  if (m_network.same_in_any_batch()) {
    const auto threads = static_cast<std::size_t>(m_threads);
    if (count < k_together * threads) { return {{0, count, m_threads}}; }
    const std::size_t shares = count / (k_together * threads) * threads;  // that differ by one picture at most
    for (std::size_t i = 0; i < shares; ++i) {
      const std::size_t first = count * i / shares;
      pieces.push_back({first, count * (i + 1) / shares - first, 1});
    }
    return pieces;
  }
  const auto whole = static_cast<std::size_t>(m_piece);
  for (std::size_t first = 0; first < count;) {
    const std::size_t size = first + whole <= count ? whole : 1;  // what fills no piece goes one by one
    pieces.push_back({first, size, 1});
    first += size;
  }
  return pieces;
}

std::vector<Embedding> TorchEncoder::encode_pieces(std::span<const float> pictures)
{
  const std::size_t size = picture_size();
  const std::vector<Piece> pieces = pieces_of(pictures.size() / size);
  std::vector<Embedding> vectors(pictures.size() / size);
  const std::size_t most = std::ranges::max_element(pieces, {}, &Piece::count)->count;
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    const PlainRun settings;
    const at::Tensor room = room_for(most, false);
    for (std::size_t i = next++; i < pieces.size(); i = next++) {
      const auto& [first, count, threads] = pieces[i];
      at::set_num_threads(threads);  // a setting of the calling thread
      const at::Tensor result = run_piece(pictures.subspan(first * size, count * size), room);
      for (std::size_t k = 0; k < count; ++k) {
        vectors[first + k] = m_network.vector(result, static_cast<std::int64_t>(k));
      }
    }
  };
  std::vector<std::future<void>> others;
  const std::size_t workers = std::min(pieces.size(), static_cast<std::size_t>(m_threads));
  // If no thread can be started, async() waits until get(), when all work is done already.
  while (others.size() + 1 < workers) { others.push_back(std::async(work)); }
  work();
  for (auto& other : others) { other.get(); }
  return vectors;
}

/// Whether the last picture of a piece has the same vector when it is alone.
bool TorchEncoder::is_same_alone(std::span<const float> piece, const Embedding& vector)
{
  const std::vector<Embedding> alone = encode_pieces(piece.last(picture_size()));
  return std::memcmp(alone.front().data(), vector.data(), vector.size() * sizeof(float)) == 0;
}

std::vector<Embedding> TorchEncoder::encode_apart(std::span<const float> pictures)
{
  std::vector<Embedding> vectors = encode_pieces(pictures);
  const auto piece = static_cast<std::size_t>(m_piece);
  if (m_network.same_in_any_batch() || m_piece_is_checked || piece == 1 || vectors.size() < piece) { return vectors; }
  m_piece_is_checked = true;
  if (is_same_alone(pictures.first(piece * picture_size()), vectors[piece - 1])) { return vectors; }
  m_piece = 1;
  return encode_pieces(pictures);
}

/// For CUDA; could not be tried where this was written.
std::vector<Embedding> TorchEncoder::encode_together(std::span<const float> pictures)
{
  const PlainRun settings;
  const at::Tensor room = room_for(static_cast<std::size_t>(m_batch), true);
  std::ranges::copy(pictures, room.mutable_data_ptr<float>());
  const at::Tensor batch = m_network.run(room.to(m_network.site().device, /*non_blocking=*/true));
  std::vector<Embedding> vectors(pictures.size() / picture_size());
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    vectors[i] = m_network.vector(batch, static_cast<std::int64_t>(i));
  }
  return vectors;
}

std::vector<Embedding> TorchEncoder::encode(std::span<const float> pictures)
{
  return m_network.site().device.is_cpu() ? encode_apart(pictures) : encode_together(pictures);
}

TorchTextEncoder::TorchTextEncoder(std::filesystem::path file, const ModelDescription& model,
                                   const EncoderOptions& options, const std::string& tower)
    : m_threads(thread_count(options.threads)), m_network(site_of(std::move(file), model, options), tower)
{
}

Embedding TorchTextEncoder::encode(std::span<const std::int64_t> ids)
{
  at::set_num_threads(m_network.same_in_any_batch() ? m_threads : 1);
  const PlainRun settings;
  const at::Tensor row = at::tensor(at::ArrayRef<std::int64_t>(ids.data(), ids.size())).unsqueeze(0);
  return m_network.vector(m_network.run(row.to(m_network.site().device)), 0);
}

}  // namespace vidcv
