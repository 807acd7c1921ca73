#include "kernels/attention_kernel.hpp"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/attention_kernel.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)  // as tile-inl.hpp needs
#include <hwy/foreach_target.h>

#include <hwy/aligned_allocator.h>
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include "kernels/tile-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace vidcv::HWY_NAMESPACE {

using Room = hwy::AlignedFreeUniquePtr<float[]>;

HWY_INLINE std::size_t rounded_up(std::size_t number, std::size_t step)
{
  return (number + step - 1) / step * step;
}

HWY_INLINE Room zeros(std::size_t size)
{
  Room room = hwy::AllocateAligned<float>(size);
  std::fill_n(room.get(), size, 0.0F);
  return room;
}

/// One head after the other: both products are tiles, with the head's keys and then its values as the panels.
template <class Number>
class Heads {
 public:
  explicit Heads(const Attention<Number>& attention)
      : m_attention(attention),
        m_columns(tile_columns()),
        m_depth(rounded_up(attention.width, k_line_floats)),
        m_keys(rounded_up(attention.key_count, std::max(m_columns, k_line_floats))),
        m_width(rounded_up(attention.width, m_columns)),
        m_query_lines(zeros(k_tile_rows * m_depth)),
        m_key_panels(zeros(m_keys * m_depth)),
        m_value_panels(zeros(m_keys * m_width)),
        m_scores(zeros(k_tile_rows * m_keys)),
        m_result(zeros(k_tile_rows * m_width)),
        m_start(zeros(m_columns))
  {
  }

  void attend(std::size_t head)
  {
    m_picture = head / m_attention.heads;
    m_first = head % m_attention.heads * m_attention.width;
    pack_keys();
    pack_values();
    for (std::size_t i = 0; i < tile_count(m_attention.query_count); ++i) {
      const RowTile tile = row_tile(m_attention.query_count, i);
      arrange_queries(tile);
      with_rows<k_tile_rows>(tile.rows, [&]<std::size_t Rows> {
        score<Rows>();
        for (std::size_t row = 0; row < Rows; ++row) { m_sums[row] = weigh<Rows>(row, seen_by(tile.first + row)); }
        mix<Rows>();
      });
      write(tile);
    }
  }

 private:
  const Number* row(const TokenRows<Number>& rows, std::size_t index) const
  {
    return rows.numbers + m_picture * rows.picture_stride + index * rows.row_stride + m_first;
  }

  void pack_keys()
  {
    for (std::size_t key = 0; key < m_attention.key_count; ++key) {
      const Number* HWY_RESTRICT from = row(m_attention.keys, key);
      float* HWY_RESTRICT to = m_key_panels.get() + key / m_columns * m_columns * m_depth + key % m_columns;
      for (std::size_t i = 0; i < m_attention.width; ++i) { to[i * m_columns] = float_of(from[i]); }
    }
  }

  void pack_values()
  {
    for (std::size_t key = 0; key < m_attention.key_count; ++key) {
      const Number* from = row(m_attention.values, key);
      for (std::size_t column = 0; column < m_attention.width; column += m_columns) {
        const std::size_t length = std::min(m_columns, m_attention.width - column);
        float* HWY_RESTRICT to = m_value_panels.get() + column * m_keys + key * m_columns;
        for (std::size_t i = 0; i < length; ++i) { to[i] = float_of(from[column + i]); }
      }
    }
  }

  void arrange_queries(RowTile tile)
  {
    const float scale = 1 / std::sqrt(static_cast<float>(m_attention.width));
    for (std::size_t i = 0; i < tile.rows; ++i) {
      const Number* from = row(m_attention.queries, tile.first + i);
      for (std::size_t column = 0; column < m_attention.width; column += k_line_floats) {
        const std::size_t length = std::min(k_line_floats, m_attention.width - column);
        float* HWY_RESTRICT to = m_query_lines.get() + column * tile.rows + i * k_line_floats;
        for (std::size_t j = 0; j < length; ++j) { to[j] = float_of(from[column + j]) * scale; }
      }
    }
  }

  /// Where column `key` of row 0 lies among the scores, which are arranged for the second product.
  template <std::size_t Rows>
  float* scores_at(std::size_t key)
  {
    return m_scores.get() + key / k_line_floats * Rows * k_line_floats + key % k_line_floats;
  }

  template <std::size_t Rows>
  void score()
  {
    for (std::size_t key = 0; key < m_keys; key += m_columns) {
      sum_tile<Rows>(m_query_lines.get(), m_key_panels.get() + key * m_depth, m_depth, m_start.get(),
                     {scores_at<Rows>(key), scores_at<Rows>(key + m_columns / 2), k_line_floats});
    }
  }

  /// How many keys a row of Q sees.
  std::size_t seen_by(std::size_t query) const
  {
    const std::size_t later = m_attention.causal ? m_attention.query_count - 1 - query : 0;
    return m_attention.key_count - std::min(later, m_attention.key_count - 1);
  }

  /// Scores to weights, whose sum it returns; weights beyond the first `keys` are zero.
  template <std::size_t Rows>
  float weigh(std::size_t row, std::size_t keys)
  {
    const Floats d;
    float* HWY_RESTRICT scores = m_scores.get() + row * k_line_floats;
    for (std::size_t key = keys; key < m_keys; ++key) {
      scores_at<Rows>(key)[row * k_line_floats] = -hwy::HighestValue<float>();
    }
    const auto lines = [&](const auto& visit) {
      for (std::size_t line = 0; line < m_keys; line += k_line_floats) {
        for (std::size_t i = 0; i < k_line_floats; i += hn::Lanes(d)) { visit(scores + line * Rows + i); }
      }
    };
    auto most = hn::Set(d, -hwy::HighestValue<float>());
    lines([&](const float* at) HWY_ATTR { most = hn::Max(most, hn::Load(d, at)); });
    most = hn::MaxOfLanes(d, most);
    auto sum = hn::Zero(d);
    lines([&](float* at) HWY_ATTR {
      const auto weight = hn::Exp(d, hn::Sub(hn::Load(d, at), most));
      hn::Store(weight, d, at);
      sum = hn::Add(sum, weight);
    });
    return hn::GetLane(hn::SumOfLanes(d, sum));
  }

  template <std::size_t Rows>
  void mix()
  {
    for (std::size_t column = 0; column < m_width; column += m_columns) {
      sum_tile<Rows>(m_scores.get(), m_value_panels.get() + column * m_keys, m_keys, m_start.get(),
                     {m_result.get() + column, m_result.get() + column + m_columns / 2, m_width});
    }
  }

  void write(RowTile tile)
  {
    for (std::size_t i = 0; i < tile.rows; ++i) {
      const std::size_t index = m_picture * m_attention.query_count + tile.first + i;
      Number* HWY_RESTRICT to = m_attention.result + index * m_attention.heads * m_attention.width + m_first;
      const float* HWY_RESTRICT from = m_result.get() + i * m_width;
      const float scale = 1 / m_sums[i];
      for (std::size_t j = 0; j < m_attention.width; ++j) { to[j] = rounded<Number>(from[j] * scale); }
    }
  }

  const Attention<Number>& m_attention;
  std::size_t m_columns;
  std::size_t m_depth;  ///< of the first product
  std::size_t m_keys;   ///< columns of the first product and depth of the second
  std::size_t m_width;  ///< columns of the second
  Room m_query_lines;
  Room m_key_panels;
  Room m_value_panels;
  Room m_scores;
  Room m_result;
  Room m_start;  ///< zeros
  float m_sums[k_tile_rows] = {};
  std::size_t m_picture = 0;
  std::size_t m_first = 0;  ///< number of the head in its row
};

template <class Number>
HWY_INLINE void attend_heads(const Attention<Number>& attention, std::size_t first, std::size_t last)
{
  Heads<Number> heads(attention);
  for (std::size_t head = first; head < last; ++head) { heads.attend(head); }
}

void AttendFloats(const Attention<float>& attention, std::size_t first, std::size_t last)
{
  attend_heads(attention, first, last);
}

void AttendBrainFloats(const Attention<BFloat16Bits>& attention, std::size_t first, std::size_t last)
{
  attend_heads(attention, first, last);
}

}  // namespace vidcv::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vidcv {

HWY_EXPORT(AttendFloats);
HWY_EXPORT(AttendBrainFloats);

void attend(const Attention<float>& attention, std::size_t first, std::size_t last)
{
  HWY_DYNAMIC_DISPATCH(AttendFloats)(attention, first, last);
}

void attend(const Attention<BFloat16Bits>& attention, std::size_t first, std::size_t last)
{
  HWY_DYNAMIC_DISPATCH(AttendBrainFloats)(attention, first, last);
}

}  // namespace vidcv
#endif
