#include <vidcv/media/contact_sheet.hpp>

#include <vidcv/core/error.hpp>
#include <vidcv/media/picture_writer.hpp>

#include <fmt/format.h>
#include <pango/pangocairo.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <new>

namespace vidcv {
namespace {

constexpr std::uint8_t k_paper = 24;
constexpr int k_ink = 235;
constexpr int k_gap = 8;
constexpr int k_font_size = 16;     // pixels from line to line of the font's design
constexpr int k_line = 22 + k_gap;  // pixels of a line of text
constexpr const char* k_font = "sans-serif";

using SurfacePtr = std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)>;
using CairoPtr = std::unique_ptr<cairo_t, decltype(&cairo_destroy)>;
using FontPtr = std::unique_ptr<PangoFontDescription, decltype(&pango_font_description_free)>;
using LayoutPtr = std::unique_ptr<PangoLayout, decltype(&g_object_unref)>;

/// A line of text as coverage, 0 to 255 per pixel; cut with an ellipsis where it is too wide.
SurfacePtr drawn_text(const std::string& text, int width)
{
  SurfacePtr mask(cairo_image_surface_create(CAIRO_FORMAT_A8, width, k_line), cairo_surface_destroy);
  const CairoPtr pen(cairo_create(mask.get()), cairo_destroy);
  const LayoutPtr layout(pango_cairo_create_layout(pen.get()), g_object_unref);
  const FontPtr font(pango_font_description_from_string(k_font), pango_font_description_free);
  pango_font_description_set_absolute_size(font.get(), double{k_font_size} * PANGO_SCALE);
  pango_layout_set_font_description(layout.get(), font.get());
  pango_layout_set_single_paragraph_mode(layout.get(), TRUE);
  pango_layout_set_width(layout.get(), width * PANGO_SCALE);
  pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
  pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
  pango_cairo_show_layout(pen.get(), layout.get());
  cairo_surface_flush(mask.get());
  if (cairo_surface_status(mask.get()) != CAIRO_STATUS_SUCCESS) { throw std::bad_alloc(); }
  return mask;
}

/// In any script that the machine has a font for.
void draw_text(RgbImage& sheet, const std::string& text, int left, int top, int width)
{
  const SurfacePtr mask = drawn_text(text, width);
  const unsigned char* coverage = cairo_image_surface_get_data(mask.get());
  for (int y = 0; y < k_line; ++y, coverage += cairo_image_surface_get_stride(mask.get())) {
    std::uint8_t* pixel = sheet.row(top + y) + 3 * left;
    for (int x = 0; x < width; ++x, pixel += 3) {
      std::memset(pixel, k_paper + coverage[x] * (k_ink - k_paper) / 255, 3);
    }
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
  draw_text(sheet, m_heading, k_gap, k_gap / 2, sheet.width - 2 * k_gap);
  for (int i = 0; i < count; ++i) {
    const Cell& cell = m_cells[static_cast<std::size_t>(i)];
    const int left = k_gap + i % columns * (k_picture_side + k_gap);
    const int top = k_line + i / columns * cell_height;
    draw_picture(sheet, cell.picture, left + (k_picture_side - cell.picture.width) / 2,
                 top + tallest - cell.picture.height);
    draw_text(sheet, cell.label, left, top + tallest, k_picture_side);
  }
  return sheet;
}

}  // namespace vidcv
