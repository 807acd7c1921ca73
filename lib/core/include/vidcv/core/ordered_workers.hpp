#pragma once

#include <vidcv/core/threads.hpp>

#include <cerrno>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace vidcv {

/// Does jobs 0 to count - 1 on several threads and gives their results in order. A job that takes long holds up the
/// results behind it and no work: results are kept until their turn comes, so they should be small. The end of its life
/// waits for the jobs that were begun.
template <typename Result>
class OrderedWorkers {
 public:
  /// @param workers   at least 1 where there are jobs; fewer do it where the system gives no more
  /// @param work      called by several threads at once
  /// @param stopping  asked before each job, never by two threads at once; once true no other job is begun
  /// @throws std::system_error if no worker can be started
  OrderedWorkers(std::size_t count, std::size_t workers, std::function<Result(std::size_t)> work,
                 std::function<bool()> stopping)
      : m_count(count), m_work(std::move(work)), m_stopping(std::move(stopping))
  {
    if (count == 0) {
      m_closed = true;
      return;
    }
    m_threads = start_threads(workers, [this] { run(); });
    if (m_threads.empty()) { throw std::system_error(EAGAIN, std::generic_category()); }
  }

  ~OrderedWorkers()
  {
    const std::lock_guard lock(m_mutex);
    close();
  }

  OrderedWorkers(const OrderedWorkers&) = delete;
  OrderedWorkers& operator=(const OrderedWorkers&) = delete;

  /// Waits for the next result, whose get() throws what the job threw. Nothing after the last job that was begun.
  std::optional<std::future<Result>> next()
  {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [&] { return m_done.contains(m_taken) || (m_closed && m_taken == m_begun); });
    const auto done = m_done.find(m_taken);
    if (done == m_done.end()) { return std::nullopt; }
    std::future<Result> result = std::move(done->second);
    m_done.erase(done);
    ++m_taken;
    return result;
  }

 private:
  void run()
  {
    while (const auto job = begin()) {
      std::promise<Result> result;
      try {
        result.set_value(m_work(*job));
      } catch (...) {
        result.set_exception(std::current_exception());
      }
      const std::lock_guard lock(m_mutex);
      m_done.emplace(*job, result.get_future());
      m_changed.notify_all();
    }
  }

  std::optional<std::size_t> begin()
  {
    const std::lock_guard lock(m_mutex);
    if (m_begun == m_count || m_stopping()) { close(); }
    if (m_closed) { return std::nullopt; }
    return m_begun++;
  }

  void close()
  {
    m_closed = true;
    m_changed.notify_all();
  }

  const std::size_t m_count;
  const std::function<Result(std::size_t)> m_work;
  const std::function<bool()> m_stopping;
  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::size_t m_begun = 0;
  std::size_t m_taken = 0;
  bool m_closed = false;
  std::map<std::size_t, std::future<Result>> m_done;
  std::vector<std::jthread> m_threads;  // last: they use all the others
};

}  // namespace vidcv
