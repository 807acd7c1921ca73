#include "registration.hpp"

#include <utility>

namespace vidcv {
namespace {

/// The whole, and parts of 0.95 to 0.8 of its sides at 25 places.
std::vector<View> views()
{
  std::vector<View> all = {View{}};
  for (const float side : {0.95F, 0.9F, 0.85F, 0.8F}) {
    for (const float x : {0.0F, 0.25F, 0.5F, 0.75F, 1.0F}) {
      for (const float y : {0.0F, 0.25F, 0.5F, 0.75F, 1.0F}) {
        const float left = Thumbnail::k_width * (1 - side) * x;
        const float top = Thumbnail::k_height * (1 - side) * y;
        all.push_back({left, top, left + Thumbnail::k_width * side, top + Thumbnail::k_height * side});
      }
    }
  }
  return all;
}

double correlation(std::vector<Thumbnail> ones, std::vector<Thumbnail> others)
{
  double sum = 0;
  for (std::size_t i = 0; i < ones.size(); ++i) {
    standardize(ones[i]);
    standardize(others[i]);
    sum += double{product(ones[i], others[i])};
  }
  return ones.empty() ? -1 : sum / static_cast<double>(ones.size());
}

}  // namespace

Registration best_registration(const std::vector<Thumbnail>& ones, const std::vector<Thumbnail>& others)
{
  Registration best;
  for (const bool mirrored : {false, true}) {
    for (const View& view : views()) {
      for (const bool is_part_of_one : {true, false}) {
        Registration tried{is_part_of_one ? view : View{}, is_part_of_one ? View{} : view, mirrored};
        if (mirrored) { std::swap(tried.other.left, tried.other.right); }
        tried.score = correlation(seen(ones, tried.one), seen(others, tried.other));
        if (tried.score > best.score) { best = tried; }
      }
    }
  }
  return best;
}

}  // namespace vidcv
