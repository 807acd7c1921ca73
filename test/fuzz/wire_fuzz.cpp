#include "fuzz_input.hpp"
#include "isolation/decoder_wire.hpp"

#include <sys/socket.h>

#include <array>
#include <cstring>

// Whatever a datagram is: the message that it is, byte for byte, or none; and no descriptor of it stays open but the
// one that is handed on. An input is datagrams: how many descriptors come along, the length, the bytes.

namespace {

namespace fuzz = vidcv::fuzz;
namespace wire = vidcv::wire;

constexpr std::size_t k_most_descriptors = 3;

using Sockets = std::array<int, 2>;

const Sockets& sockets()
{
  static const Sockets ends = [] {
    Sockets pair{};
    fuzz::require(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) == 0);
    return pair;
  }();
  return ends;
}

/// The lowest free descriptor: another one where one was left open below it.
int free_descriptor()
{
  const int copy = ::dup(STDERR_FILENO);
  ::close(copy);
  return copy;
}

void send_datagram(int socket, std::string_view bytes, std::size_t descriptors)
{
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(k_most_descriptors * sizeof(int))> control{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (descriptors > 0) {
    header.msg_control = control.data();
    header.msg_controllen = CMSG_SPACE(descriptors * sizeof(int));
    cmsghdr* first = CMSG_FIRSTHDR(&header);
    first->cmsg_level = SOL_SOCKET;
    first->cmsg_type = SCM_RIGHTS;
    first->cmsg_len = CMSG_LEN(descriptors * sizeof(int));
    const std::array<int, k_most_descriptors> handed = {STDERR_FILENO, STDERR_FILENO, STDERR_FILENO};
    std::memcpy(CMSG_DATA(first), handed.data(), descriptors * sizeof(int));
  }
  fuzz::require(::sendmsg(socket, &header, MSG_DONTWAIT) == static_cast<ssize_t>(bytes.size()));
}

/// What is received and sent again is the same message.
template <typename Message>
void check_echo(const Message& message, std::string_view bytes, int sender, int receiver)
{
  if (std::holds_alternative<std::monostate>(message)) { return; }
  std::uint64_t type = 0;
  fuzz::require(bytes.size() >= sizeof type);
  std::memcpy(&type, bytes.data(), sizeof type);
  fuzz::require(type == message.index());
  fuzz::require(wire::send(sender, message));
  std::array<char, 4096> again{};
  fuzz::require(::recv(receiver, again.data(), again.size(), 0) == static_cast<ssize_t>(bytes.size()));
}

void check_texts(const wire::Answer& answer)
{
  if (const auto* failed = std::get_if<wire::Failed>(&answer)) {
    fuzz::require(wire::text_of(failed->cause).size() < failed->cause.size());
    fuzz::require(wire::text_of(failed->action).size() < failed->action.size());
  }
  if (const auto* times = std::get_if<wire::TimesOfFrames>(&answer)) {
    fuzz::require(wire::text_of(times->unproven).size() < times->unproven.size());
  }
}

void receive_both_ways(std::string_view bytes, std::size_t descriptors)
{
  const auto [program, decoder] = sockets();
  const int free = free_descriptor();
  send_datagram(program, bytes, descriptors);
  const auto request = wire::receive_request(decoder);
  fuzz::require(request && (request->descriptor >= 0) == (descriptors > 0));
  if (request->descriptor >= 0) { ::close(request->descriptor); }
  fuzz::require(free_descriptor() == free);
  check_echo(request->request, bytes, program, decoder);

  send_datagram(decoder, bytes, descriptors);
  const auto answer = wire::receive_answer(program);
  fuzz::require(answer && free_descriptor() == free);
  check_texts(*answer);
  check_echo(*answer, bytes, decoder, program);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  fuzz::Numbers input(fuzz::text_of(data, size));
  while (!input.is_over()) {
    const std::size_t descriptors = input.next<std::uint8_t>() % (k_most_descriptors + 1);
    const std::string_view bytes = input.take(input.next<std::uint16_t>());
    if (!bytes.empty()) { receive_both_ways(bytes, descriptors); }  // an empty one is the end of the other side
  }
  return 0;
}
