#pragma once

#include <cstddef>
#include <filesystem>
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

/// XXH3-128 of a file's bytes as 32 hex digits: recognises content, resists no attacker.
/// @throws InputError if the file cannot be read
std::string content_hash(const std::filesystem::path& file);

}  // namespace vidcv
