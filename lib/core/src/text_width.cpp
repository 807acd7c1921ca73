#include <vidcv/core/text.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace vidcv {
namespace {

struct Range {
  char32_t first, last;
};

/// Blocks that have characters of two columns. A narrow one among them is counted too wide, which does no harm.
constexpr std::array<Range, 18> k_wide = {{{0x1100, 0x115F},
                                           {0x231A, 0x23FF},
                                           {0x25FD, 0x27FF},
                                           {0x2B00, 0x2BFF},
                                           {0x2E80, 0xA4CF},
                                           {0xA960, 0xA97F},
                                           {0xAC00, 0xD7A3},
                                           {0xF900, 0xFAFF},
                                           {0xFE10, 0xFE19},
                                           {0xFE30, 0xFE6F},
                                           {0xFF00, 0xFF60},
                                           {0xFFE0, 0xFFE6},
                                           {0x16FE0, 0x18DFF},
                                           {0x1AFF0, 0x1B2FF},
                                           {0x1D300, 0x1D37F},
                                           {0x1F000, 0x1FAFF},
                                           {0x20000, 0x2FFFD},
                                           {0x30000, 0x3FFFD}}};

/// Marks that stand on the character before, and what joins characters.
constexpr std::array<Range, 7> k_without_column = {{{0x0300, 0x036F},
                                                    {0x200B, 0x200F},
                                                    {0x202A, 0x202E},
                                                    {0x2060, 0x2064},
                                                    {0x20D0, 0x20FF},
                                                    {0xFE00, 0xFE0F},
                                                    {0xE0100, 0xE01EF}}};

template <std::size_t count>
bool is_in(const std::array<Range, count>& ranges, char32_t c)
{
  return std::ranges::any_of(ranges, [c](const Range& range) { return c >= range.first && c <= range.last; });
}

struct Glyph {
  std::string_view bytes;
  std::size_t columns;
};

/// The character at the start of `text`; a byte that is part of none counts as one, as terminals show it.
Glyph first_glyph(std::string_view text)
{
  const std::size_t length = utf8_length(text);
  if (length <= 1) { return {text.substr(0, 1), 1}; }
  char32_t c = static_cast<unsigned char>(text[0]) & (0x7FU >> length);
  for (const char byte : text.substr(1, length - 1)) { c = c << 6U | (static_cast<unsigned char>(byte) & 0x3FU); }
  const std::size_t columns = is_in(k_without_column, c) ? 0 : is_in(k_wide, c) ? 2 : 1;
  return {text.substr(0, length), columns};
}

std::vector<Glyph> glyphs_of(std::string_view text)
{
  std::vector<Glyph> glyphs;
  for (; !text.empty(); text.remove_prefix(glyphs.back().bytes.size())) { glyphs.push_back(first_glyph(text)); }
  return glyphs;
}

}  // namespace

std::size_t columns_of(std::string_view text)
{
  std::size_t columns = 0;
  for (const Glyph& glyph : glyphs_of(text)) { columns += glyph.columns; }
  return columns;
}

std::string shortened(std::string_view text, std::size_t columns)
{
  if (columns_of(text) <= columns) { return std::string(text); }
  if (columns == 0) { return {}; }
  const std::vector<Glyph> glyphs = glyphs_of(text);
  const std::size_t room = columns - 1;  // one is for the dots
  std::string head;
  std::size_t used = 0;
  for (auto glyph = glyphs.begin(); glyph != glyphs.end() && used + glyph->columns <= room / 2; ++glyph) {
    head += glyph->bytes;
    used += glyph->columns;
  }
  auto tail = glyphs.end();
  for (; tail != glyphs.begin() && used + (tail - 1)->columns <= room; --tail) { used += (tail - 1)->columns; }
  while (tail != glyphs.end() && tail->columns == 0) { ++tail; }  // a mark whose character is cut off
  head += "\u2026";
  for (; tail != glyphs.end(); ++tail) { head += tail->bytes; }
  return head;
}

}  // namespace vidcv
