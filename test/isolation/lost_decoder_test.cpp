#include "relay_fixture.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <set>

namespace vidcv {
namespace {

using namespace vidcv::testing;

constexpr int k_frames = 12;
constexpr std::size_t k_least_messages = 18;  // Ready, Open, Opened, More, a Picture for each frame, End, Close, Closed

class Clip {
 public:
  Clip() { write_grays(path(), k_frames); }
  std::filesystem::path path() const { return m_folder / "grays.y4m"; }

 private:
  TempFolder m_folder;
};

Seen undisturbed(const Clip& clip)
{
  const Relay relay("none 0");
  Seen whole = see(clip.path());
  REQUIRE(whole.failure.empty());
  REQUIRE(whole.frames.size() == k_frames);
  return whole;
}

/// Runs `check` with a fault behind the first message of the protocol, the second, and so on, until there is none left.
/// @returns behind which messages there was a fault
std::vector<std::string> after_each_message(const std::string& way, const std::string& how_often,
                                            const std::function<void(const Relay&)>& check)
{
  std::vector<std::string> messages;
  for (;;) {
    const Relay relay(fmt::format("{} {} {}", way, messages.size() + 1, how_often));
    INFO(way << " behind message " << messages.size() + 1);
    check(relay);
    end_decoders();
    const std::vector<std::string> faults = relay.faults();
    if (faults.empty()) { return messages; }
    messages.push_back(faults.front());
  }
}

/// Every message of a clip was among them, of both directions.
void check_all_were_tried(const std::vector<std::string>& messages)
{
  CHECK(messages.size() >= k_least_messages);
  CHECK(std::set<std::string>(messages.begin(), messages.end()) == std::set<std::string>{"answer", "request"});
}

/// The lines that a file may fail with. A decoder that tears a message ends behind it: the program meets the one or the
/// other first.
std::set<std::string> failures_of(const std::string& way, const std::filesystem::path& file)
{
  std::set<std::string> lines;
  for (const std::string& cause : way == "crash" ? std::vector<std::string>{"crashed (SIGSEGV)"}
                                  : way == "exit"
                                      ? std::vector<std::string>{"ended with 0"}
                                      : std::vector<std::string>{"ended with 0", "sent what is not a message"}) {
    lines.insert(file.native() + ": decode: the decoder " + cause);
    lines.insert("vidcv-decoder: start: it " + cause + "; [limits] isolation = none decodes without it");
  }
  return lines;
}

bool is_prefix(const std::vector<std::string>& part, const std::vector<std::string>& whole)
{
  return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

}  // namespace

TEST_CASE("a decoder that is killed behind any message costs no frame", "[media][isolation]")
{
  const Clip clip;
  const Seen whole = undisturbed(clip);
  check_all_were_tried(after_each_message("kill", "once", [&](const Relay&) { CHECK(see(clip.path()) == whole); }));
}

TEST_CASE("a decoder that is killed while it reads the times of frames costs none", "[media][isolation]")
{
  const Clip clip;
  const auto times = [&] { return frame_times(clip.path(), isolated(), Unproven::decode).times_s; };
  const Relay undisturbed("none 0");
  const std::vector<double> whole = times();
  REQUIRE(whole.size() == k_frames);
  const auto messages = after_each_message("kill", "once", [&](const Relay&) { CHECK(times() == whole); });
  CHECK(messages.size() >= 5);
}

TEST_CASE("a decoder that ends by itself behind any message fails its file with one line", "[media][isolation]")
{
  const std::string way = GENERATE("crash", "exit", "tear");
  const Clip clip;
  const Seen whole = undisturbed(clip);
  check_all_were_tried(after_each_message(way, "", [&](const Relay&) {
    const Seen seen = see(clip.path());
    CHECK(is_prefix(seen.frames, whole.frames));
    INFO(seen.failure);
    CHECK((seen == whole || failures_of(way, clip.path()).contains(seen.failure)));
  }));
}

TEST_CASE("a file whose decoders are killed again and again fails in the end", "[media][isolation]")
{
  const Clip clip;
  const Seen whole = undisturbed(clip);
  for (const int number : {1, 3, 9}) {
    const Relay relay(fmt::format("kill {}", number));
    const Seen seen = see(clip.path());
    CHECK(seen.failure == clip.path().native() + ": decode: the decoder was killed (SIGKILL)");
    CHECK(is_prefix(seen.frames, whole.frames));
    CHECK(relay.faults().size() == 11);
  }
}

TEST_CASE("a decoder that a file before may have compromised is replaced", "[media][isolation]")
{
  const Clip clip;
  const Seen whole = undisturbed(clip);
  const Relay relay("crash 60 once");  // in the third file
  for (int file = 0; file < 5; ++file) { CHECK(see(clip.path()) == whole); }
  CHECK(relay.faults().size() == 1);
}

}  // namespace vidcv
