#include <vidcv/media/contact_sheet.hpp>

#include <vidcv/core/error.hpp>
#include <vidcv/media/picture_writer.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <string_view>

namespace vidcv {
namespace {

constexpr std::uint8_t k_paper = 24;
constexpr std::uint8_t k_ink = 235;
constexpr int k_gap = 8;
constexpr int k_dot = 2;                       // pixels of the sheet per dot of a letter
constexpr int k_letter = 6 * k_dot;            // five dots and one between
constexpr int k_line = 7 * k_dot + 2 * k_gap;  // a line of text

struct Glyph {
  char letter;
  std::array<std::uint8_t, 7> rows;  // from the top; the bit of 16 is the leftmost of five dots
};

constexpr std::array<Glyph, 45> k_glyphs = {{
    {' ', {0, 0, 0, 0, 0, 0, 0}},        {'0', {14, 17, 19, 21, 25, 17, 14}}, {'1', {4, 12, 4, 4, 4, 4, 14}},
    {'2', {14, 17, 1, 2, 4, 8, 31}},     {'3', {31, 2, 4, 2, 1, 17, 14}},     {'4', {2, 6, 10, 18, 31, 2, 2}},
    {'5', {31, 16, 30, 1, 1, 17, 14}},   {'6', {6, 8, 16, 30, 17, 17, 14}},   {'7', {31, 1, 2, 4, 8, 8, 8}},
    {'8', {14, 17, 17, 14, 17, 17, 14}}, {'9', {14, 17, 17, 15, 1, 2, 12}},   {'A', {14, 17, 17, 31, 17, 17, 17}},
    {'B', {30, 17, 17, 30, 17, 17, 30}}, {'C', {14, 17, 16, 16, 16, 17, 14}}, {'D', {28, 18, 17, 17, 17, 18, 28}},
    {'E', {31, 16, 16, 30, 16, 16, 31}}, {'F', {31, 16, 16, 30, 16, 16, 16}}, {'G', {14, 17, 16, 23, 17, 17, 15}},
    {'H', {17, 17, 17, 31, 17, 17, 17}}, {'I', {14, 4, 4, 4, 4, 4, 14}},      {'J', {7, 2, 2, 2, 2, 18, 12}},
    {'K', {17, 18, 20, 24, 20, 18, 17}}, {'L', {16, 16, 16, 16, 16, 16, 31}}, {'M', {17, 27, 21, 21, 17, 17, 17}},
    {'N', {17, 25, 21, 19, 17, 17, 17}}, {'O', {14, 17, 17, 17, 17, 17, 14}}, {'P', {30, 17, 17, 30, 16, 16, 16}},
    {'Q', {14, 17, 17, 17, 21, 18, 13}}, {'R', {30, 17, 17, 30, 20, 18, 17}}, {'S', {15, 16, 16, 14, 1, 1, 30}},
    {'T', {31, 4, 4, 4, 4, 4, 4}},       {'U', {17, 17, 17, 17, 17, 17, 14}}, {'V', {17, 17, 17, 17, 17, 10, 4}},
    {'W', {17, 17, 17, 21, 21, 27, 17}}, {'X', {17, 17, 10, 4, 10, 17, 17}},  {'Y', {17, 17, 10, 4, 4, 4, 4}},
    {'Z', {31, 1, 2, 4, 8, 16, 31}},     {'.', {0, 0, 0, 0, 0, 12, 12}},      {':', {0, 12, 12, 0, 12, 12, 0}},
    {'-', {0, 0, 0, 31, 0, 0, 0}},       {'_', {0, 0, 0, 0, 0, 0, 31}},       {'#', {10, 10, 31, 10, 31, 10, 10}},
    {'/', {1, 1, 2, 4, 8, 16, 16}},      {'%', {24, 25, 2, 4, 8, 19, 3}},     {'?', {14, 17, 1, 2, 4, 0, 4}},
}};

const Glyph& glyph_of(char letter)
{
  const char capital = letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  const auto found = std::ranges::find(k_glyphs, capital, &Glyph::letter);
  return found != k_glyphs.end() ? *found : k_glyphs.back();
}

void draw_letter(RgbImage& sheet, const Glyph& glyph, int left, int top)
{
  for (int y = 0; y < 7 * k_dot; ++y) {
    for (int x = 0; x < 5 * k_dot; ++x) {
      const bool inked = (glyph.rows[static_cast<std::size_t>(y / k_dot)] >> (4 - x / k_dot) & 1) != 0;
      if (inked) { std::memset(sheet.row(top + y) + 3 * (left + x), k_ink, 3); }
    }
  }
}

/// As many letters as there is room for.
void draw_text(RgbImage& sheet, std::string_view text, int left, int top, int width)
{
  for (const char letter : text.substr(0, static_cast<std::size_t>(width / k_letter))) {
    draw_letter(sheet, glyph_of(letter), left, top);
    left += k_letter;
  }
}

void draw_picture(RgbImage& sheet, const RgbImage& picture, int left, int top)
{
  for (int y = 0; y < picture.height; ++y) {
    std::memcpy(sheet.row(top + y) + 3 * left, picture.row(y), 3 * static_cast<std::size_t>(picture.width));
  }
}

}  // namespace

void ContactSheet::add(const RgbImage& picture, const std::string& label)
{
  if (m_cells.size() == k_most_pictures) {
    throw InputError(m_heading, "encode", fmt::format("a contact sheet holds {} frames", k_most_pictures));
  }
  m_cells.push_back({fitted(picture, k_picture_side), label});
}

RgbImage ContactSheet::image() const
{
  const int count = static_cast<int>(m_cells.size());
  const int columns = std::max(1, static_cast<int>(std::ceil(std::sqrt(count))));
  const int rows = (count + columns - 1) / columns;
  int tallest = 0;
  for (const Cell& cell : m_cells) { tallest = std::max(tallest, cell.picture.height); }
  const int cell_height = tallest + k_line;
  RgbImage sheet{k_gap + columns * (k_picture_side + k_gap), k_line + rows * cell_height, {}};
  sheet.pixels.assign(static_cast<std::size_t>(sheet.width) * static_cast<std::size_t>(sheet.height) * 3, k_paper);
  draw_text(sheet, m_heading, k_gap, k_gap, sheet.width - 2 * k_gap);
  for (int i = 0; i < count; ++i) {
    const Cell& cell = m_cells[static_cast<std::size_t>(i)];
    const int left = k_gap + i % columns * (k_picture_side + k_gap);
    const int top = k_line + i / columns * cell_height;
    draw_picture(sheet, cell.picture, left + (k_picture_side - cell.picture.width) / 2,
                 top + tallest - cell.picture.height);
    draw_text(sheet, cell.label, left, top + tallest + k_gap, k_picture_side);
  }
  return sheet;
}

}  // namespace vidcv
