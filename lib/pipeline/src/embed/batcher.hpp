#pragma once

#include "embed/clip_preparer.hpp"

#include <vidcv/pipeline/lazy_encoder.hpp>

#include <map>
#include <optional>
#include <vector>

namespace vidcv {

/// Collects pictures of several clips into full batches and gives the vectors back to their clips. A clip is a result
/// once it has ended and all of its vectors are there.
class Batcher {
 public:
  /// @param encoder  null: clips get no vectors
  explicit Batcher(LazyEncoder* encoder) : m_encoder(encoder) {}

  /// @throws ModelError, and what a decoding thread threw
  void add(Prepared item);
  /// Encodes the pictures that wait, a full batch or not.
  void encode();

  bool has_pictures() const noexcept { return !m_waiting.empty(); }
  bool has_results() const noexcept { return !m_results.empty(); }
  std::vector<EmbedResult> take_results() { return std::exchange(m_results, {}); }
  double encode_s() const noexcept { return m_encode_s; }

 private:
  /// A job of which a part has come.
  struct PendingClip {
    int pass = 0;
    std::vector<Embedding> vectors = {};  // of that pass
    std::optional<PreparedClip> clip = {};
  };
  struct Waiting {
    std::size_t job;
    int pass;
  };

  void add_picture(const PreparedPicture& picture);
  void add_clip(PreparedClip clip);
  void add_failure(FailedClip failed);
  void finish(std::size_t job);

  LazyEncoder* m_encoder;
  std::vector<float> m_batch;
  std::vector<Waiting> m_waiting;  // whose pictures are in the batch
  std::map<std::size_t, PendingClip> m_begun;
  std::vector<EmbedResult> m_results;
  double m_encode_s = 0;
};

}  // namespace vidcv
