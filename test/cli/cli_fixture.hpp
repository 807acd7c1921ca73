#pragma once

#include "../core/core_fixture.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <iostream>
#include <string>

namespace vidcv::testing {

/// One of the standard streams, sent to a file for as long as this lives.
class Redirected {
 public:
  Redirected(int stream, const std::filesystem::path& file) : m_stream(stream), m_before(::dup(stream))
  {
    flush();
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ::dup2(fd, stream);
    ::close(fd);
  }
  ~Redirected()
  {
    flush();
    std::clearerr(stdout);
    ::dup2(m_before, m_stream);
    ::close(m_before);
  }
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;

 private:
  static void flush()
  {
    std::cout.flush();
    std::fflush(stdout);
    std::fflush(stderr);
  }
  int m_stream;
  int m_before;
};

struct Output {
  std::string out;
  std::string err;
};

/// What `job` writes to stdout and stderr.
template <typename Job>
Output output_of(Job&& job)
{
  const TempFolder folder;
  {
    const Redirected out(STDOUT_FILENO, folder / "out");
    const Redirected err(STDERR_FILENO, folder / "err");
    std::forward<Job>(job)();
  }
  return {read_text(folder / "out"), read_text(folder / "err")};
}

/// How a child process that does `job` ends, as waitpid() tells it.
inline int end_of(const std::function<int()>& job)
{
  const pid_t child = ::fork();
  if (child == 0) { ::_exit(job()); }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

}  // namespace vidcv::testing
