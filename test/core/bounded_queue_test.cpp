#include <vidcv/core/bounded_queue.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace vidcv {
namespace {

using namespace std::chrono_literals;

constexpr auto k_a_moment = 50ms;  // a thread that should wait is still waiting after this
constexpr auto k_at_most = 20s;    // a thread that should go on has gone on long before this

bool is_done(std::future<bool>& result, std::chrono::milliseconds patience)
{
  return result.wait_for(patience) == std::future_status::ready;
}

TEST_CASE("a queue gives items in the order in which they came, and drains after it was closed", "[core][queue]")
{
  BoundedQueue<std::unique_ptr<int>> queue(3);
  for (int i = 0; i < 3; ++i) { CHECK(queue.push(std::make_unique<int>(i))); }
  queue.close();
  CHECK_FALSE(queue.push(std::make_unique<int>(3)));
  for (int i = 0; i < 3; ++i) {
    const auto item = queue.pop();
    REQUIRE(item.has_value());
    CHECK(**item == i);
  }
  CHECK_FALSE(queue.pop().has_value());
  CHECK_FALSE(queue.pop().has_value());
}

TEST_CASE("a producer waits while the queue is full and goes on when there is room", "[core][queue]")
{
  BoundedQueue<int> queue(2);
  queue.push(1);
  queue.push(2);
  auto third = std::async(std::launch::async, [&] { return queue.push(3); });
  CHECK_FALSE(is_done(third, k_a_moment));
  CHECK(queue.pop() == 1);
  REQUIRE(is_done(third, k_at_most));
  CHECK(third.get());
  CHECK(queue.pop() == 2);
  CHECK(queue.pop() == 3);
}

TEST_CASE("closing a queue wakes the producers that wait for room, and their items are refused", "[core][queue]")
{
  BoundedQueue<int> queue(1);
  queue.push(1);
  auto one = std::async(std::launch::async, [&] { return queue.push(2); });
  auto other = std::async(std::launch::async, [&] { return queue.push(3); });
  CHECK_FALSE(is_done(one, k_a_moment));
  queue.close();
  REQUIRE(is_done(one, k_at_most));
  REQUIRE(is_done(other, k_at_most));
  CHECK_FALSE(one.get());
  CHECK_FALSE(other.get());
  CHECK(queue.pop() == 1);
  CHECK_FALSE(queue.pop().has_value());
}

TEST_CASE("closing a queue wakes the consumers that wait for items", "[core][queue]")
{
  BoundedQueue<int> queue(1);
  auto one = std::async(std::launch::async, [&] { return queue.pop().has_value(); });
  auto other = std::async(std::launch::async, [&] { return queue.pop().has_value(); });
  CHECK_FALSE(is_done(one, k_a_moment));
  queue.close();
  REQUIRE(is_done(one, k_at_most));
  REQUIRE(is_done(other, k_at_most));
  CHECK_FALSE(one.get());
  CHECK_FALSE(other.get());
}

TEST_CASE("no item is lost or given twice between several producers and consumers", "[core][queue]")
{
  constexpr int k_items = 2000;
  BoundedQueue<int> queue(4);
  std::vector<std::atomic<int>> times_seen(3 * k_items);
  {
    std::vector<std::jthread> consumers;
    for (int i = 0; i < 3; ++i) {
      consumers.emplace_back([&] {
        while (const auto item = queue.pop()) { ++times_seen.at(static_cast<std::size_t>(*item)); }
      });
    }
    {
      std::vector<std::jthread> producers;
      for (int p = 0; p < 3; ++p) {
        producers.emplace_back([&queue, p] {
          for (int i = 0; i < k_items; ++i) { queue.push(p * k_items + i); }
        });
      }
    }
    queue.close();
  }
  int wrong = 0;
  for (const auto& times : times_seen) { wrong += times == 1 ? 0 : 1; }
  CHECK(wrong == 0);
}

TEST_CASE("a consumer with patience waits for what comes in time, and not for ever")
{
  BoundedQueue<int> queue(2);
  CHECK_FALSE(queue.pop(std::chrono::milliseconds(1)));
  queue.push(7);
  CHECK(queue.pop(std::chrono::hours(1)) == 7);
  queue.close();
  CHECK_FALSE(queue.pop(std::chrono::hours(1)));
}

}  // namespace
}  // namespace vidcv
