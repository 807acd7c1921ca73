#include "embed/batcher.hpp"

#include <vidcv/core/stopwatch.hpp>

#include <exception>
#include <set>
#include <utility>

namespace vidcv {

void Batcher::add(Prepared item)
{
  if (const auto* picture = std::get_if<PreparedPicture>(&item)) {
    add_picture(*picture);
  } else if (auto* clip = std::get_if<PreparedClip>(&item)) {
    add_clip(std::move(*clip));
  } else if (auto* failed = std::get_if<FailedClip>(&item)) {
    add_failure(std::move(*failed));
  } else if (const auto* failure = std::get_if<std::exception_ptr>(&item)) {
    std::rethrow_exception(*failure);
  } else if (m_encoder != nullptr) {
    m_encoder->get();
  }
}

void Batcher::add_picture(const PreparedPicture& picture)
{
  PendingClip& begun = m_begun[picture.job];
  if (begun.pass != picture.pass) { begun = {picture.pass}; }
  m_batch.insert(m_batch.end(), picture.values.begin(), picture.values.end());
  m_waiting.push_back({picture.job, picture.pass});
  if (m_waiting.size() >= static_cast<std::size_t>(m_encoder->get().batch())) { encode(); }
}

void Batcher::add_clip(PreparedClip clip)
{
  const std::size_t job = clip.job;
  m_begun[job].clip = std::move(clip);
  finish(job);
}

void Batcher::add_failure(FailedClip failed)
{
  m_begun.erase(failed.job);
  m_results.push_back({failed.job, std::move(failed.failure)});
}

/// Vectors of files that failed meanwhile, and of passes that do not count, are dropped.
void Batcher::encode()
{
  const Stopwatch watch;
  std::vector<Embedding> vectors = m_encoder->get().encode(m_batch);
  m_encode_s += watch.seconds();
  std::set<std::size_t> touched;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const auto begun = m_begun.find(m_waiting[i].job);
    if (begun == m_begun.end() || begun->second.pass != m_waiting[i].pass) { continue; }
    begun->second.vectors.push_back(std::move(vectors[i]));
    touched.insert(m_waiting[i].job);
  }
  m_batch.clear();
  m_waiting.clear();
  for (const std::size_t job : touched) { finish(job); }
}

/// Makes a clip a result once it has ended and all of its vectors are there.
void Batcher::finish(std::size_t job)
{
  PendingClip& begun = m_begun.at(job);
  if (!begun.clip || begun.vectors.size() < begun.clip->pictures()) { return; }
  begun.clip->take(std::move(begun.vectors));
  m_results.push_back({job, std::move(begun.clip->embedded)});
  m_begun.erase(job);
}

}  // namespace vidcv
