#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vidcv {

/// Whether `bytes` is well-formed UTF-8 (no overlong forms, no surrogates, at most U+10FFFF).
bool is_utf8(std::string_view bytes) noexcept;

/// Bytes of the well-formed character at the start of `bytes`; 0 where there is none.
std::size_t utf8_length(std::string_view bytes) noexcept;

/// Columns that a text takes on a terminal: wide characters two, combining marks none. Never fewer than it takes.
std::size_t columns_of(std::string_view text);
/// `text` in at most so many columns: the middle of one that is longer becomes an ellipsis.
std::string shortened(std::string_view text, std::size_t columns);

/// `bytes` with control characters and backslashes written as C escapes, so that it stays on one line and in one
/// column.
std::string one_line(std::string_view bytes);

/// The text with each byte that is not part of a UTF-8 character as U+FFFD, and so U+FFFE and U+FFFF, which no XML may
/// have.
std::string valid_utf8(std::string_view bytes);

/// Any bytes as text of HTML, XML and WebVTT: one_line(), valid_utf8(), and `&<>"'` as entities.
std::string markup_text(std::string_view bytes);

/// A field of a table with commas (RFC 4180): as it is, or in quotes where it needs them.
std::string csv_field(std::string_view text);

/// A path as part of a URL: bytes that are not unreserved (RFC 3986) are percent-encoded, but for slashes.
std::string url_encoded(std::string_view path);

/// An absolute path as a `file:` URL (RFC 8089).
std::string file_url(std::string_view path);

/// UTF-8 text for any path: bytes that are not part of a character become `%XX`. `%` becomes `%25` beside such a byte
/// and in front of two hex digits; all other text stays as it is, and no two paths become one.
std::string percent_escaped(std::string_view bytes);
/// How the percent_escaped() path of any file below `folder` may begin. There are two ways where `folder` has a `%` and
/// no odd bytes: `%` is escaped if the file's own name has some.
/// @param folder  with a slash at its end
std::vector<std::string> percent_escaped_beginnings(std::string_view folder);
/// `%XX` as the byte it stands for: of percent_escaped() the inverse, and of URLs.
std::string percent_unescaped(std::string_view text);

/// Base64 with padding, on one line.
std::string base64(std::span<const std::byte> bytes);

/// Whether two words are the same except for the case of ASCII letters.
bool same_word(std::string_view a, std::string_view b) noexcept;

/// The text with A to Z as a to z, so that same_word() texts are equal.
std::string lower_case(std::string_view text);

/// The parts of `text` between `separator`s; empty text has none.
std::vector<std::string> split(std::string_view text, char separator);

/// The whole of `text` as a number; nothing if any of it is something else, or if it is not finite.
std::optional<double> parse_double(std::string_view text) noexcept;
std::optional<long long> parse_integer(std::string_view text) noexcept;

/// A time of `12.5`, `00:07` or `01:02:03.250` in seconds; nothing if it is none.
std::optional<double> parse_time(std::string_view text);

}  // namespace vidcv
