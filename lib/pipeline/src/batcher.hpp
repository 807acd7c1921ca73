#pragma once

#include "clip_preparer.hpp"

#include <map>
#include <optional>
#include <variant>
#include <vector>

namespace vidcv {

/// Collects pictures of several clips into full batches, gives the vectors back to their clips, and hands the clips
/// on: at once to EmbedEvents::ready, in the order of the files to the others.
class Batcher {
 public:
  Batcher(LazyEncoder& encoder, const EmbedEvents& events) : m_encoder(encoder), m_events(events) {}

  void add(const PreparedPicture& picture);
  void add(PreparedClip clip);
  void add(FailedClip failed);
  /// Encodes what is left.
  void flush();

  double encode_s() const noexcept { return m_encode_s; }

 private:
  /// A file of which something has come.
  struct Begun {
    int pass = 0;
    std::vector<Embedding> vectors = {};  // of that pass
    std::optional<PreparedClip> clip = {};
  };
  struct Place {
    std::size_t file;
    int pass;
  };

  void encode();
  void finish(std::size_t file);
  void hand_on_in_order();

  LazyEncoder& m_encoder;
  const EmbedEvents& m_events;
  std::vector<float> m_batch;
  std::vector<Place> m_places;  // of the pictures in the batch
  std::map<std::size_t, Begun> m_begun;
  std::map<std::size_t, std::variant<EmbeddedClip, FailedClip>> m_ended;  // that wait for those before them
  std::size_t m_next = 0;                                                 // the first file that was not handed on
  double m_encode_s = 0;
};

}  // namespace vidcv
