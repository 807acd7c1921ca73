// What is applied to the sums of a linear layer; included once per instruction set by its kernel.
#if defined(VIDCV_ACTIVATION_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef VIDCV_ACTIVATION_INL_HPP
#undef VIDCV_ACTIVATION_INL_HPP
#else
#define VIDCV_ACTIVATION_INL_HPP
#endif

#include "kernels/linear_kernel.hpp"
#include "kernels/tile-inl.hpp"

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace vidcv::HWY_NAMESPACE {

/// x (1 - Q(x)) with the normal distribution's upper tail Q by Abramowitz and Stegun, 7.1.26 (errors up to 1.5e-7).
HWY_INLINE hn::Vec<Floats> gelu(Floats d, hn::Vec<Floats> x)
{
  const auto size = hn::Abs(x);
  const auto z = hn::Mul(size, hn::Set(d, 0.70710678F));
  const auto t = hn::Div(hn::Set(d, 1.0F), hn::MulAdd(z, hn::Set(d, 0.3275911F), hn::Set(d, 1.0F)));
  auto sum = hn::Set(d, 1.061405429F);
  for (const float factor : {-1.453152027F, 1.421413741F, -0.284496736F, 0.254829592F}) {
    sum = hn::MulAdd(sum, t, hn::Set(d, factor));
  }
  const auto tail = hn::Mul(hn::Mul(sum, t), hn::Exp(d, hn::Neg(hn::Mul(z, z))));
  return hn::NegMulAdd(hn::Mul(size, hn::Set(d, 0.5F)), tail, hn::Max(hn::Zero(d), x));
}

HWY_INLINE hn::Vec<Floats> silu(Floats d, hn::Vec<Floats> x)
{
  constexpr float k_largest = 88;  // whose exponential is a float32
  const auto decay = hn::Exp(d, hn::Min(hn::Set(d, k_largest), hn::Neg(x)));
  return hn::Div(x, hn::Add(hn::Set(d, 1.0F), decay));
}

HWY_INLINE void activate(Activation activation, float* HWY_RESTRICT numbers, std::size_t count)
{
  const Floats d;
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    const auto x = hn::Load(d, numbers + i);
    switch (activation) {
      case Activation::none:
        return;
      case Activation::relu:
        hn::Store(hn::IfThenZeroElse(hn::Lt(x, hn::Zero(d)), x), d, numbers + i);  // NaN stays NaN
        break;
      case Activation::silu:
        hn::Store(silu(d, x), d, numbers + i);
        break;
      case Activation::gelu:
        hn::Store(gelu(d, x), d, numbers + i);
        break;
    }
  }
}

}  // namespace vidcv::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
