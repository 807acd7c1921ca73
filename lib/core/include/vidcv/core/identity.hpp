#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace vidcv {

/// A new random id (UUID version 4) as the Python service writes them: 32 lower-case hex digits.
std::string new_id();

/// The id that `name` always has (UUID version 5, RFC 4122, in vidcv's own namespace): 32 lower-case hex digits.
std::string derived_id(std::string_view name);

/// SHA-256 as 64 lower-case hex digits.
std::string sha256_hex(std::span<const std::byte> bytes);

/// SHA-256 of bytes that come in parts.
class Sha256 {
 public:
  Sha256();
  void add(std::span<const std::byte> bytes);
  /// 64 lower-case hex digits; the end of it.
  std::string hex();

 private:
  struct Free {
    void operator()(void* state) const noexcept;
  };
  std::unique_ptr<void, Free> m_state;  // libcrypto's
};

/// XXH3-128 of a file's bytes as 32 hex digits: recognises content, resists no attacker.
/// @param abandoned  asked at each block
/// @throws InputError if the file cannot be read
/// @throws Abandoned
std::string content_hash(const std::filesystem::path& file, const std::function<bool()>& abandoned = {});

/// XXH3-64 of `text`: the same on every machine and in every version.
std::uint64_t stable_hash(std::string_view text) noexcept;

}  // namespace vidcv
