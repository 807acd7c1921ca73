#include "batcher.hpp"

#include <vidcv/core/stopwatch.hpp>

#include <set>
#include <utility>

namespace vidcv {

void Batcher::add(const PreparedPicture& picture)
{
  Begun& begun = m_begun[picture.file];
  if (begun.pass != picture.pass) { begun = {picture.pass}; }
  m_batch.insert(m_batch.end(), picture.values.begin(), picture.values.end());
  m_places.push_back({picture.file, picture.pass});
  if (m_places.size() >= static_cast<std::size_t>(m_encoder.get().batch())) { encode(); }
}

void Batcher::add(PreparedClip clip)
{
  const std::size_t file = clip.file;
  m_begun[file].clip = std::move(clip);
  finish(file);
  hand_on_in_order();
}

void Batcher::add(FailedClip failed)
{
  const std::size_t file = failed.file;
  m_begun.erase(file);
  if (m_events.given_up) { m_events.given_up(failed.path, failed.before, failed.error); }
  m_ended.emplace(file, std::move(failed));
  hand_on_in_order();
}

void Batcher::flush()
{
  if (!m_places.empty()) { encode(); }
}

/// Vectors of files that failed meanwhile, and of passes that do not count, are dropped.
void Batcher::encode()
{
  const Stopwatch watch;
  std::vector<Embedding> vectors = m_encoder.get().encode(m_batch);
  m_encode_s += watch.seconds();
  std::set<std::size_t> touched;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const auto begun = m_begun.find(m_places[i].file);
    if (begun == m_begun.end() || begun->second.pass != m_places[i].pass) { continue; }
    begun->second.vectors.push_back(std::move(vectors[i]));
    touched.insert(m_places[i].file);
  }
  m_batch.clear();
  m_places.clear();
  m_events.together([&] {
    for (const std::size_t file : touched) { finish(file); }
  });
  hand_on_in_order();
}

/// Once all vectors of a clip are there.
void Batcher::finish(std::size_t file)
{
  Begun& begun = m_begun.at(file);
  if (!begun.clip || begun.vectors.size() < begun.clip->pictures()) { return; }
  begun.clip->take(std::move(begun.vectors));
  EmbeddedClip embedded = std::move(begun.clip->embedded);
  m_begun.erase(file);
  if (m_events.ready) { m_events.ready(embedded); }
  m_ended.emplace(file, std::move(embedded));
}

void Batcher::hand_on_in_order()
{
  for (auto ended = m_ended.find(m_next); ended != m_ended.end(); ended = m_ended.find(++m_next)) {
    if (const auto* clip = std::get_if<EmbeddedClip>(&ended->second)) {
      m_events.done(*clip);
    } else {
      const FailedClip& failed = std::get<FailedClip>(ended->second);
      m_events.failed(failed.path, failed.error);
    }
    m_ended.erase(ended);
  }
}

}  // namespace vidcv
