#pragma once

#include <vidcv/core/error.hpp>

#include <atomic>
#include <exception>
#include <mutex>
#include <new>
#include <utility>

namespace vidcv {

/// What ends the run, met by any thread: the clips in progress are dropped and no other is begun.
class FatalError {
 public:
  bool is_set() const noexcept { return m_is_set; }

  void set(std::exception_ptr error)
  {
    const std::lock_guard lock(m_mutex);
    if (!m_error) { m_error = std::move(error); }
    m_is_set = true;
  }

  /// Throws the error, if there is one.
  void rethrow() const
  {
    const std::lock_guard lock(m_mutex);
    if (m_error) { std::rethrow_exception(m_error); }
  }

  /// Runs work on one clip and sets what it throws, unless that costs the clip alone.
  template <typename Work>
  auto watch(const Work& work)
  {
    try {
      return work();
    } catch (const InputError&) {
      throw;
    } catch (const Abandoned&) {
      throw;
    } catch (const std::bad_alloc&) {
      throw;
    } catch (...) {
      set(std::current_exception());
      throw;
    }
  }

 private:
  mutable std::mutex m_mutex;
  std::exception_ptr m_error;
  std::atomic<bool> m_is_set = false;
};

}  // namespace vidcv
