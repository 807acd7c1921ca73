#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace vidcv {

/// Which clip pictures are of, and which bytes it had.
class ClipIdentity {
 public:
  /// @param abandoned  asked while the file is read
  /// @throws nothing: a file that is missing fails where it is decoded
  ClipIdentity(std::filesystem::path file, std::function<bool()> abandoned);

  /// The hash of the file's bytes, which are read at the first call.
  /// @throws InputError if the file cannot be read, or changed since the identity was made
  const std::string& content();
  /// @throws InputError if the file changed since the identity was made
  void require_unchanged() const;
  /// By its path, whatever its bytes.
  std::string clip() const;

 private:
  struct State {
    std::uintmax_t size = 0;
    std::filesystem::file_time_type changed;
    bool operator==(const State&) const = default;
  };
  static State state_of(const std::filesystem::path& file);

  std::filesystem::path m_file;
  std::function<bool()> m_abandoned;
  State m_state;
  std::string m_content;
};

}  // namespace vidcv
