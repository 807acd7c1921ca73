#pragma once

#include "kernels/bfloat16.hpp"

#include <cstddef>

namespace vidcv {

/// Rows of several pictures; a row has the numbers of all heads, one head beside the other.
template <class Number>
struct TokenRows {
  const Number* numbers = nullptr;
  std::size_t picture_stride = 0;  ///< in numbers
  std::size_t row_stride = 0;
};

/// softmax(Q Kᵀ / √width) V of each picture and head. Number is float or BFloat16Bits; all between is float32. The
/// bits of a row's result do not depend on the other rows of Q, on other pictures, or on the thread.
template <class Number>
struct Attention {
  TokenRows<Number> queries;
  TokenRows<Number> keys;
  TokenRows<Number> values;
  std::size_t query_count = 0;  ///< rows of a picture
  std::size_t key_count = 0;    ///< at least one
  std::size_t heads = 0;
  std::size_t width = 0;     ///< numbers of a head
  bool causal = false;       ///< the last row of Q sees all keys, each row before it one less
  Number* result = nullptr;  ///< [pictures, query_count, heads * width]
};

/// Heads [first, last) of all pictures' heads, counted from the first picture's.
void attend(const Attention<float>& attention, std::size_t first, std::size_t last);
void attend(const Attention<BFloat16Bits>& attention, std::size_t first, std::size_t last);

}  // namespace vidcv
