// Stands where a program looks for `vidcv-decoder`: starts the real one, VIDCV_TEST_DECODER, and carries the messages
// to and fro. VIDCV_TEST_RELAY says what goes wrong: "WAY NUMBER", WAY behind so many messages of both directions, in
// each such process or, with "once" behind it, in the first alone; "slow N" takes N milliseconds for each message.
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

namespace {

constexpr int k_socket = 3;  // what a decoder is started with
constexpr std::size_t k_most_bytes = 2048;

struct Message {
  std::array<char, k_most_bytes> bytes{};
  std::size_t size = 0;
  int descriptor = -1;
};

struct Fault {
  std::string way = "none";
  int after = 0;
};

/// VIDCV_TEST_FAULTS holds a line for each fault that was done.
std::string faults_file()
{
  return std::getenv("VIDCV_TEST_FAULTS");
}

Fault fault_to_do()
{
  Fault fault;
  std::string once;
  std::istringstream(std::getenv("VIDCV_TEST_RELAY")) >> fault.way >> fault.after >> once;
  const bool was_done = std::ifstream(faults_file()).peek() != std::ifstream::traits_type::eof();
  return once == "once" && was_done ? Fault{} : fault;
}

msghdr header_of(iovec& part, std::array<char, CMSG_SPACE(sizeof(int))>& control)
{
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  return header;
}

bool receive(int socket, Message& message)
{
  iovec part{message.bytes.data(), message.bytes.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr header = header_of(part, control);
  const ssize_t got = ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
  if (got <= 0) { return false; }
  message.size = static_cast<std::size_t>(got);
  const cmsghdr* first = CMSG_FIRSTHDR(&header);
  if (first != nullptr) { std::memcpy(&message.descriptor, CMSG_DATA(first), sizeof(int)); }
  return true;
}

void send(int socket, const Message& message, std::size_t size)
{
  iovec part{const_cast<char*>(message.bytes.data()), size};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr header = header_of(part, control);
  if (message.descriptor < 0) {
    header.msg_control = nullptr;
    header.msg_controllen = 0;
  } else {
    cmsghdr* first = CMSG_FIRSTHDR(&header);
    first->cmsg_level = SOL_SOCKET;
    first->cmsg_type = SCM_RIGHTS;
    first->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(first), &message.descriptor, sizeof(int));
  }
  ::sendmsg(socket, &header, MSG_NOSIGNAL);
  if (message.descriptor >= 0) { ::close(message.descriptor); }
}

/// The other end of the real decoder's socket.
int start_real_decoder()
{
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) { std::exit(9); }
  if (::fork() == 0) {
    ::dup2(ends[1], k_socket);
    const char* program = std::getenv("VIDCV_TEST_DECODER");
    ::execl(program, program, nullptr);
    ::_exit(9);
  }
  ::close(ends[1]);
  return ends[0];
}

/// Carries message `number` on and does what is due behind it.
void carry(int number, const Fault& fault, int from, int to, const char* direction)
{
  Message message;
  if (!receive(from, message)) { std::exit(0); }
  if (fault.way == "slow") { std::this_thread::sleep_for(std::chrono::milliseconds(fault.after)); }
  const bool is_due = number == fault.after && fault.way != "slow";
  if (is_due) { std::ofstream(faults_file(), std::ios::app) << direction << std::endl; }
  send(to, message, is_due && fault.way == "tear" ? message.size / 2 : message.size);
  if (!is_due) { return; }
  if (fault.way == "hang") { ::pause(); }
  if (fault.way == "exit" || fault.way == "tear") { ::_exit(0); }
  ::signal(SIGSEGV, SIG_DFL);  // which sanitizers handle
  std::raise(fault.way == "crash" ? SIGSEGV : SIGKILL);
}

}  // namespace

int main()
{
  ::signal(SIGPIPE, SIG_IGN);
  const Fault fault = fault_to_do();
  const int real = start_real_decoder();
  std::array<pollfd, 2> sides = {pollfd{k_socket, POLLIN, 0}, pollfd{real, POLLIN, 0}};
  for (int number = 1;;) {
    ::poll(sides.data(), sides.size(), -1);
    if (sides[1].revents != 0) { carry(number++, fault, real, k_socket, "answer"); }
    if (sides[0].revents != 0) { carry(number++, fault, k_socket, real, "request"); }
  }
}
