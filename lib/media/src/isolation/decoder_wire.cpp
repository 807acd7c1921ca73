#include "isolation/decoder_wire.hpp"

#include <vidcv/core/identity.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace vidcv::wire {
namespace {

/// The place of a message's type in its variant goes first; 0 stands for none.
template <typename Message>
struct Packet {
  std::uint64_t type;
  Message message;
};

constexpr std::size_t k_most_bytes = 1024;

/// What lies between the fields of a struct is other memory of this process: it stays here.
template <typename Message>
void clear_padding([[maybe_unused]] Packet<Message>& packet)
{
#if __has_builtin(__builtin_clear_padding)  // GCC has it; clang builds fuzzers alone
  __builtin_clear_padding(&packet);
#endif
}

bool send_bytes(int socket, std::span<const std::byte> bytes, int flags, int descriptor = -1)
{
  iovec part{const_cast<std::byte*>(bytes.data()), bytes.size()};
  alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(int))> control{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (descriptor >= 0) {
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    cmsghdr* first = CMSG_FIRSTHDR(&header);
    first->cmsg_level = SOL_SOCKET;
    first->cmsg_type = SCM_RIGHTS;
    first->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(first), &descriptor, sizeof(int));
  }
  ssize_t sent = 0;
  do {
    sent = ::sendmsg(socket, &header, MSG_NOSIGNAL | flags);
  } while (sent < 0 && errno == EINTR);
  return sent == std::ssize(bytes);
}

template <typename Variant>
bool send_message(int socket, const Variant& message, int flags, int descriptor = -1)
{
  return std::visit(
      [&]<typename Message>(const Message& value) {
        static_assert(std::is_trivially_copyable_v<Message> && sizeof(Packet<Message>) <= k_most_bytes);
        Packet<Message> packet{message.index(), value};
        clear_padding(packet);
        return send_bytes(socket, std::as_bytes(std::span(&packet, 1)), flags, descriptor);
      },
      message);
}

struct Bytes {
  alignas(8) std::array<std::byte, k_most_bytes> data;
  std::size_t size = 0;
  int descriptor = -1;
};

/// An unexpected descriptor is dropped by the system.
std::optional<Bytes> receive_bytes(int socket, bool takes_descriptor)
{
  Bytes bytes{};
  iovec part{bytes.data.data(), bytes.data.size()};
  alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(int))> control{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (takes_descriptor) {
    header.msg_control = control.data();
    header.msg_controllen = control.size();
  }
  ssize_t got = 0;
  do {  // the other side's end is reported before what it said last, which is still there
    got = ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
  } while (got < 0 && (errno == EINTR || errno == ECONNRESET));
  if (got <= 0) { return std::nullopt; }
  const cmsghdr* first = CMSG_FIRSTHDR(&header);
  if (first != nullptr && first->cmsg_type == SCM_RIGHTS) {
    std::memcpy(&bytes.descriptor, CMSG_DATA(first), sizeof(int));
  }
  bytes.size = static_cast<std::size_t>(got);
  return bytes;
}

/// The message that `type` names, if the bytes are as many as it has.
template <typename Variant, std::size_t place = 1>
Variant message_of(const Bytes& bytes, std::uint64_t type)
{
  if constexpr (place < std::variant_size_v<Variant>) {
    if (type != place) { return message_of<Variant, place + 1>(bytes, type); }
    using Message = std::variant_alternative_t<place, Variant>;
    if (bytes.size != sizeof(Packet<Message>)) { return {}; }
    Packet<Message> packet{};
    std::memcpy(static_cast<void*>(&packet), bytes.data.data(), sizeof packet);
    return Variant(std::in_place_index<place>, packet.message);
  }
  return {};
}

template <typename Variant>
Variant message_of(const Bytes& bytes)
{
  std::uint64_t type = 0;
  if (bytes.size >= sizeof type) { std::memcpy(&type, bytes.data.data(), sizeof type); }
  return message_of<Variant>(bytes, type);
}

}  // namespace

std::uint64_t this_build()
{
  return stable_hash(VIDCV_VERSION " " VIDCV_WIRE);
}

bool send(int socket, const Request& message, int descriptor)
{
  return send_message(socket, message, MSG_DONTWAIT, descriptor);
}

bool send(int socket, const Answer& message)
{
  return send_message(socket, message, 0);
}

std::optional<Received> receive_request(int socket)
{
  const auto bytes = receive_bytes(socket, true);
  if (!bytes) { return std::nullopt; }
  return Received{message_of<Request>(*bytes), bytes->descriptor};
}

std::optional<Answer> receive_answer(int socket)
{
  const auto bytes = receive_bytes(socket, false);
  if (!bytes) { return std::nullopt; }
  return message_of<Answer>(*bytes);
}

}  // namespace vidcv::wire
