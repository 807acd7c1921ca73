#pragma once

#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

namespace vidcv {

/// A failure as users see it: one line, `thing: action: cause`, in which the cause names the way out if there is
/// one. Libraries throw it and print nothing; lib/cli turns it into a line on stderr, an `error` object and an exit
/// code.
class Error : public std::runtime_error {
 public:
  /// @param thing   what it happened to: a path, an option, `file:line`
  /// @param action  what we were doing; for inputs one of `open`, `decode`, `encode`, `store`
  Error(std::string_view thing, std::string_view action, std::string_view cause);

  const std::string& thing() const noexcept { return m_thing; }
  const std::string& action() const noexcept { return m_action; }
  const std::string& cause() const noexcept { return m_cause; }

 private:
  std::string m_thing;
  std::string m_action;
  std::string m_cause;
};

/// The command line or the configuration is wrong; nothing has been touched. Exit 2.
class UsageError : public Error {
 public:
  using Error::Error;
};

/// Runs `read` on the value of an option. A UsageError that names nothing, as libraries throw it, is about that option.
template <typename Read>
auto for_option(std::string_view option, Read&& read)
{
  try {
    return read();
  } catch (const UsageError& error) {
    if (!error.thing().empty()) { throw; }
    throw UsageError(option, error.action(), error.cause());
  }
}

/// One input cannot be used; the others can. Exit 3 at the end of the run.
class InputError : public Error {
 public:
  using Error::Error;
};

/// One input's bytes cannot be opened or decoded. Exit 3 at the end of the run.
class MediaError : public InputError {
 public:
  using InputError::InputError;
};

/// A file wants more memory than it is allowed.
class MemoryLimitError : public MediaError {
 public:
  using MediaError::MediaError;
};

/// The model cannot be loaded or used. Ends the run with 1.
class ModelError : public Error {
 public:
  using Error::Error;
};

/// The database or an output folder cannot be used. Ends the run with 1; what was committed stays.
class StoreError : public Error {
 public:
  using Error::Error;
};

/// The run is to end at once and drops what is in progress; not a failure. Thrown when an `abandoned` callback returns
/// true.
struct Abandoned : std::exception {};

/// `errno` in words, for the cause of an error.
std::string system_cause(int error_number);

}  // namespace vidcv
