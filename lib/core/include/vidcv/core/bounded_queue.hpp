#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>

namespace vidcv {

/// A queue between threads that holds at most `capacity` items: a producer that is ahead waits, so memory is bounded.
/// Closing it lets consumers drain what is left and refuses anything more.
template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : m_capacity(capacity) {}

  /// Waits for room. False if the queue was closed and the item was not taken.
  bool push(T item)
  {
    std::unique_lock lock(m_mutex);
    m_has_room.wait(lock, [&] { return m_closed || m_items.size() < m_capacity; });
    if (m_closed) { return false; }
    m_items.push_back(std::move(item));
    m_has_items.notify_one();
    return true;
  }

  /// Waits for an item. Nothing once the queue is closed and empty.
  std::optional<T> pop()
  {
    std::unique_lock lock(m_mutex);
    m_has_items.wait(lock, [&] { return m_closed || !m_items.empty(); });
    return take_first();
  }

  /// The same, but waits no longer than `patience`: nothing then either.
  std::optional<T> pop(std::chrono::milliseconds patience)
  {
    std::unique_lock lock(m_mutex);
    m_has_items.wait_for(lock, patience, [&] { return m_closed || !m_items.empty(); });
    return take_first();
  }

  /// Whether no item is left, and none will come.
  bool is_drained()
  {
    const std::lock_guard lock(m_mutex);
    return m_closed && m_items.empty();
  }

  void close()
  {
    const std::lock_guard lock(m_mutex);
    m_closed = true;
    m_has_room.notify_all();
    m_has_items.notify_all();
  }

 private:
  std::optional<T> take_first()
  {
    if (m_items.empty()) { return std::nullopt; }
    std::optional<T> item = std::move(m_items.front());
    m_items.pop_front();
    m_has_room.notify_one();
    return item;
  }

  const std::size_t m_capacity;
  std::mutex m_mutex;
  std::condition_variable m_has_room;
  std::condition_variable m_has_items;
  std::deque<T> m_items;
  bool m_closed = false;
};

}  // namespace vidcv
