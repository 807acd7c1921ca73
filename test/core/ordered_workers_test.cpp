#include <vidcv/core/ordered_workers.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <stdexcept>

namespace {

using vidcv::OrderedWorkers;

bool never()
{
  return false;
}

}  // namespace

TEST_CASE("results come in order though later jobs are done first")
{
  OrderedWorkers<std::size_t> workers(
      20, 3,
      [](std::size_t job) {
        std::this_thread::sleep_for(std::chrono::milliseconds(job % 3 == 0 ? 5 : 0));
        return job * job;
      },
      never);
  for (std::size_t job = 0; job < 20; ++job) { CHECK(workers.next().value().get() == job * job); }
  CHECK_FALSE(workers.next());
}

TEST_CASE("no jobs give no results, and need no worker")
{
  OrderedWorkers<int> nobody(0, 0, [](std::size_t) { return 1; }, never);
  CHECK_FALSE(nobody.next());
  OrderedWorkers<int> workers(0, 2, [](std::size_t) { return 1; }, never);
  CHECK_FALSE(workers.next());
}

TEST_CASE("a job that throws costs its own result")
{
  OrderedWorkers<int> workers(
      3, 2,
      [](std::size_t job) {
        if (job == 1) { throw std::runtime_error("second"); }
        return 7;
      },
      never);
  CHECK(workers.next().value().get() == 7);
  CHECK_THROWS_WITH(workers.next().value().get(), "second");
  CHECK(workers.next().value().get() == 7);
}

TEST_CASE("a job that takes long holds up no other")
{
  std::atomic<std::size_t> done{0};
  std::atomic<bool> may_end{false};
  OrderedWorkers<int> workers(
      1000, 2,
      [&](std::size_t job) {
        if (job == 0) { may_end.wait(false); }
        return ++done, 0;
      },
      never);
  while (done < 999) { std::this_thread::yield(); }
  may_end = true;
  may_end.notify_all();
  for (std::size_t job = 0; job < 1000; ++job) { workers.next().value().get(); }
  CHECK(done == 1000);
}

TEST_CASE("after a stop what was begun is still given, and nothing more is begun")
{
  std::atomic<bool> stopped{false};
  std::atomic<std::size_t> begun{0};
  OrderedWorkers<int> workers(
      1000, 2,
      [&](std::size_t job) {
        ++begun;
        if (job == 5) {
          stopped = true;
          stopped.notify_all();
        } else if (job > 5) {
          stopped.wait(false);
        }
        return 0;
      },
      [&] { return stopped.load(); });
  std::size_t given = 0;
  while (auto result = workers.next()) {
    result->get();
    ++given;
  }
  CHECK(given == begun);
  CHECK(given >= 6);
  CHECK(given <= 7);  // the other worker may have begun one more
}

TEST_CASE("the end of its life begins no other job")
{
  constexpr std::size_t k_many = 10'000'000;  // more than are done before the end of its life begins
  std::atomic<std::size_t> begun{0};
  std::atomic<bool> may_end{false};
  std::jthread ending;
  {
    OrderedWorkers<int> workers(
        k_many, 2,
        [&](std::size_t) {
          ++begun;
          may_end.wait(false);
          return 0;
        },
        never);
    while (begun < 2) { std::this_thread::yield(); }
    ending = std::jthread([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      may_end = true;
      may_end.notify_all();
    });
  }
  CHECK(begun < k_many);
}
