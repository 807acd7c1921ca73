#include <vidcv/pipeline/embedding_run.hpp>

#include "embed/batcher.hpp"
#include "embed/preparers.hpp"

#include <vidcv/core/stopwatch.hpp>

#include <utility>

namespace vidcv {
namespace {

constexpr std::chrono::milliseconds k_between_waits{60'000};

}  // namespace

EmbeddingRun::EmbeddingRun(std::vector<EmbedJob> jobs, LazyEncoder* encoder, RunLimits limits)
    : m_jobs(std::move(jobs)),
      m_limits(std::move(limits)),
      m_batcher(std::make_unique<Batcher>(encoder)),
      m_preparers(std::make_unique<Preparers>(m_jobs, m_limits, encoder == nullptr ? nullptr : &encoder->model()))
{
}

EmbeddingRun::~EmbeddingRun() = default;

std::vector<EmbedResult> EmbeddingRun::next()
{
  std::vector<EmbedResult> results;
  while (results.empty() && !m_is_over) { results = next(k_between_waits); }
  return results;
}

/// While a batch is begun the wait is short: what stalls its other pictures may be one long file.
std::vector<EmbedResult> EmbeddingRun::next(std::chrono::milliseconds patience)
{
  const Stopwatch since;
  while (!m_batcher->has_results()) {
    const Stopwatch waiting;
    const bool is_begun = m_batcher->has_pictures();
    auto prepared = m_preparers->next(is_begun ? m_limits.batch_patience : patience);
    m_times.idle_s += waiting.seconds();
    m_is_over = m_limits.abandoned() || (!prepared && !is_begun && m_preparers->is_drained());
    if (m_is_over) { return {}; }
    if (prepared) {
      m_batcher->add(std::move(*prepared));
    } else if (is_begun) {
      m_batcher->encode();
    }
    if (since.seconds() * 1000 >= static_cast<double>(patience.count())) { break; }
  }
  if (!m_batcher->has_results()) { return {}; }
  std::vector<EmbedResult> results = m_batcher->take_results();
  for (const EmbedResult& result : results) {
    if (const auto* clip = std::get_if<EmbeddedClip>(&result.outcome)) { m_times.decode_s += clip->decode_s; }
  }
  return results;
}

RunTimes EmbeddingRun::times() const noexcept
{
  RunTimes times = m_times;
  times.encode_s = m_batcher->encode_s();
  return times;
}

}  // namespace vidcv
