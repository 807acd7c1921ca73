#include <vidcv/sampling/changed_pixels.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "changed_pixels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cstdlib>

HWY_BEFORE_NAMESPACE();
namespace vidcv::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR  // a processor without vectors

std::int64_t CountChanged(const PlaneView& before, const PlaneView& after, LumaRange range)
{
  return count_changed_scalar(before, after, range);
}

#else

namespace hn = hwy::HWY_NAMESPACE;

using Bytes = hn::ScalableTag<std::uint8_t>;
using Words = hn::Repartition<std::uint16_t, Bytes>;

// No two luma values that are nearer than this have gray levels further apart than k_gray_step: 26 * 255 / 219 < 30.3.
constexpr std::uint8_t k_quiet_step = 25;

/// Gray levels of limited-range luma: x + round(x * 36 / 219) for x = clamp(luma - 16, 0, 219), in 16-bit integers.
/// The constants are exact for all 220 values of x (test/sampling compares them with the formula).
HWY_INLINE hn::Vec<Words> expanded(hn::Vec<Words> luma)
{
  const Words d;
  const auto x = hn::Min(hn::SaturatedSub(luma, hn::Set(d, 16)), hn::Set(d, 219));
  const auto extra = hn::MulHigh(hn::ShiftLeft<8>(x), hn::Set(d, 43093));
  return hn::Add(x, hn::ShiftRight<10>(hn::Add(extra, hn::Set(d, 512))));
}

HWY_INLINE std::size_t changed_words(hn::Vec<Words> a, hn::Vec<Words> b)
{
  // Gray levels fit 15 bits, and signed comparison is the one that every instruction set has.
  const hn::RebindToSigned<Words> d;
  const auto gray_a = hn::BitCast(d, expanded(a));
  const auto gray_b = hn::BitCast(d, expanded(b));
  const auto difference = hn::Sub(hn::Max(gray_a, gray_b), hn::Min(gray_a, gray_b));
  return hn::CountTrue(d, hn::Gt(difference, hn::Set(d, k_gray_step)));
}

/// Changed pixels of one vector. Full range is on the gray scale already.
HWY_INLINE std::size_t changed_in(hn::Vec<Bytes> a, hn::Vec<Bytes> b, bool limited)
{
  const Bytes d;
  const auto zero = hn::Zero(d);
  const auto difference = hn::Or(hn::SaturatedSub(a, b), hn::SaturatedSub(b, a));
  const auto step = hn::Set(d, limited ? k_quiet_step : std::uint8_t{k_gray_step});
  const auto beyond = hn::Ne(hn::SaturatedSub(difference, step), zero);
  if (!limited) { return hn::CountTrue(d, beyond); }
  if (hn::AllFalse(d, beyond)) { return 0; }
  const Words w;
  return changed_words(hn::BitCast(w, hn::InterleaveLower(a, zero)), hn::BitCast(w, hn::InterleaveLower(b, zero))) +
         changed_words(hn::BitCast(w, hn::InterleaveUpper(d, a, zero)),
                       hn::BitCast(w, hn::InterleaveUpper(d, b, zero)));
}

std::int64_t changed_in_row(const std::uint8_t* a, const std::uint8_t* b, std::size_t width, bool limited)
{
  const Bytes d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t count = 0;
  std::size_t x = 0;
  for (; x + lanes <= width; x += lanes) { count += changed_in(hn::LoadU(d, a + x), hn::LoadU(d, b + x), limited); }
  if (x < width) {
    HWY_ALIGN std::uint8_t rest_a[HWY_MAX_BYTES] = {};
    HWY_ALIGN std::uint8_t rest_b[HWY_MAX_BYTES] = {};
    std::copy(a + x, a + width, rest_a);
    std::copy(b + x, b + width, rest_b);
    count += changed_in(hn::Load(d, rest_a), hn::Load(d, rest_b), limited);
  }
  return static_cast<std::int64_t>(count);
}

std::int64_t CountChanged(const PlaneView& before, const PlaneView& after, LumaRange range)
{
  std::int64_t count = 0;
  for (int y = 0; y < before.height; ++y) {
    count += changed_in_row(before.row(y), after.row(y), static_cast<std::size_t>(before.width),
                            range == LumaRange::limited);
  }
  return count;
}

#endif

}  // namespace vidcv::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vidcv {
HWY_EXPORT(CountChanged);

std::int64_t count_changed(const PlaneView& before, const PlaneView& after, LumaRange range)
{
  return HWY_DYNAMIC_DISPATCH(CountChanged)(before, after, range);
}

int gray_level(int luma, LumaRange range) noexcept
{
  if (range == LumaRange::full) { return luma; }
  const int x = std::clamp(luma - 16, 0, 219);
  return (x * 255 * 2 + 219) / (219 * 2);
}

std::int64_t count_changed_scalar(const PlaneView& before, const PlaneView& after, LumaRange range)
{
  std::int64_t count = 0;
  for (int y = 0; y < before.height; ++y) {
    for (int x = 0; x < before.width; ++x) {
      const int step = gray_level(before.row(y)[x], range) - gray_level(after.row(y)[x], range);
      count += std::abs(step) > k_gray_step ? 1 : 0;
    }
  }
  return count;
}

}  // namespace vidcv
#endif
