#pragma once

#include "network.hpp"

#include <vidcv/clip/encoder.hpp>

#include <atomic>

namespace vidcv {

/// The encoder behind vidcv-torch.so. On the CPU each thread takes a piece of a batch and runs it on its own; where
/// there are fewer than two pictures for each thread, all threads share one piece. Our own kernels sum in one order
/// whatever the number of pictures and threads. Others may not: networks with such operators are cut into pieces of
/// `m_piece` pictures or a single one, and the first whole piece is checked: if a picture's vector is not the same to
/// the bit when it is computed alone, each has a pass of its own from then on. On CUDA batches are padded to one size
/// instead.
class TorchEncoder final : public ImageEncoder {
 public:
  TorchEncoder(std::filesystem::path file, ModelDescription model, const EncoderOptions& options);

  const ModelDescription& model() const noexcept override { return m_model; }
  std::string device() const override { return m_network.site().device.str() + m_device_note; }
  std::string precision() const override { return m_precision; }
  int batch() const noexcept override { return m_batch; }
  std::vector<Embedding> encode(std::span<const float> pictures) override;

 private:
  /// Pictures of a batch that go through the network together, and the threads that work on them.
  struct Piece {
    std::size_t first;
    std::size_t count;
    int threads;
  };

  std::size_t picture_size() const noexcept;
  std::vector<Piece> pieces_of(std::size_t count) const;
  at::Tensor room_for(std::size_t count, bool pinned) const;
  at::Tensor run_piece(std::span<const float> pictures, const at::Tensor& room);
  std::vector<Embedding> encode_pieces(std::span<const float> pictures);
  bool is_same_alone(std::span<const float> piece, const Embedding& vector);
  std::vector<Embedding> encode_apart(std::span<const float> pictures);
  std::vector<Embedding> encode_together(std::span<const float> pictures);

  ModelDescription m_model;
  std::string m_precision;
  int m_threads;
  int m_batch;
  int m_piece;
  bool m_piece_is_checked = false;
  std::string m_device_note;
  Network m_network;
};

/// The text tower; one text at a time.
class TorchTextEncoder final : public TextEncoder {
 public:
  TorchTextEncoder(std::filesystem::path file, const ModelDescription& model, const EncoderOptions& options,
                   const std::string& tower);

  Embedding encode(std::span<const std::int64_t> ids) override;

 private:
  int m_threads;
  Network m_network;
};

}  // namespace vidcv
