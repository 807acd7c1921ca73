#include "embed/preparers.hpp"

#include <vidcv/core/threads.hpp>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <system_error>

namespace vidcv {
namespace {

constexpr std::size_t k_items_ahead = 32;

}  // namespace

Preparers::Preparers(const std::vector<EmbedJob>& jobs, const RunLimits& limits, const ModelDescription* model)
    : m_jobs(jobs), m_limits(limits), m_model(model), m_queue(k_items_ahead)
{
  const auto threads = static_cast<std::size_t>(thread_count(limits.threads));
  const std::size_t workers = std::clamp<std::size_t>(jobs.size(), 1, threads);
  m_threads_per_file = static_cast<int>(threads / workers);
  m_threads = start_threads(workers, [this] { work(); });
  if (m_threads.empty()) { throw std::system_error(EAGAIN, std::generic_category()); }
}

/// Closing the queue ends threads that wait for room, and the flag those that decode.
Preparers::~Preparers()
{
  m_is_over = true;
  m_queue.close();
}

/// The last thread to end closes the queue: there is no job left then, also for a thread that has yet to start.
void Preparers::work() noexcept
{
  {
    const std::lock_guard lock(m_mutex);
    ++m_working;
  }
  try {
    do_jobs();
  } catch (...) {
    m_queue.push(std::current_exception());
  }
  const std::lock_guard lock(m_mutex);
  if (--m_working == 0) { m_queue.close(); }
}

void Preparers::do_jobs()
{
  while (const auto job = begin_job()) { do_job(*job); }
}

std::optional<std::size_t> Preparers::begin_job()
{
  const std::lock_guard lock(m_mutex);
  if (m_begun < m_jobs.size() && (m_is_over || m_limits.stopping())) { m_begun = m_jobs.size(); }
  if (m_begun == m_jobs.size()) { return std::nullopt; }
  return m_begun++;
}

void Preparers::do_job(std::size_t job)
{
  const std::filesystem::path& file = m_jobs[job].file;
  const FileWatch& watch = m_limits.watch;
  EmbedOptions options = *m_jobs[job].options;
  if (watch.on_begin) { watch.on_begin(file); }
  if (watch.on_frame) {
    options.sampling.on_frame = [&] { watch.on_frame(file); };
  }
  options.sampling.decode.threads = m_threads_per_file;
  options.sampling.decode.abandoned = [this] { return m_is_over || m_limits.abandoned(); };
  ClipPreparer(job, options, options.only_measure ? nullptr : m_model, m_queue).run(file, m_memory_retry);
}

}  // namespace vidcv
